#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tokenizer files of a checkpoint directory.
struct TokenizerDirectory {
    let path: String

    private func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// The bytes of a file, nil when the directory has no such file.
    func read(_ name: String) throws(TokenizerError) -> (file: String, bytes: [UInt8])? {
        let file = file(name)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        do {
            return (file, [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        } catch {
            throw TokenizerError.unreadableFile(file: file, reason: Self.reason(of: error))
        }
    }

    /// What hindered the reading, in a few words.
    private static func reason(of error: any Error) -> String {
        guard let cause = (error as? CocoaError)?.underlying as? POSIXError else {
            return "\(type(of: error))"
        }
        switch cause.code {
        case .EISDIR: return "it is a directory"
        case .EACCES, .EPERM: return "permission denied"
        default: return "system error \(cause.code.rawValue)"
        }
    }

    /// Reads `tokenizer.json`, or `vocab.txt` with `tokenizer_config.json`.
    ///
    /// With `tokenizer.json` the configuration only says which token is for padding.
    func definition() throws(TokenizerError) -> TokenizerDefinition {
        var configuration = TokenizerConfiguration(file: file("tokenizer_config.json"))
        if let (file, bytes) = try read("tokenizer_config.json") {
            configuration = try TokenizerConfiguration(json: bytes, file: file)
        }
        if let (file, bytes) = try read("tokenizer.json") {
            var definition = try TokenizerDefinition(json: bytes, file: file)
            if let padding = configuration.padding { definition.specialTokens.padding = padding.content }
            return definition
        }
        guard let (file, bytes) = try read("vocab.txt") else {
            throw .noTokenizerFiles(directory: path)
        }
        return try TokenizerDefinition(vocabularyLines: bytes, file: file, configuration: configuration)
    }
}

extension WordPieceTokenizer {
    /// Loads the tokenizer of a checkpoint in Hugging Face's layout.
    ///
    /// `tokenizer.json` is used when it is there, on its own (its truncation and padding entries are ignored);
    /// otherwise `vocab.txt`, one token a line, and what `tokenizer_config.json` says of it.
    ///
    /// - Parameter directory: path of the checkpoint directory.
    /// - Throws: a ``TokenizerError`` that names the file and what is wrong in it.
    public init(directory: String) throws(TokenizerError) {
        try self.init(TokenizerDirectory(path: directory).definition())
    }
}
