import FileModule

/// The tokenizer files of a checkpoint directory.
struct TokenizerDirectory {
    let path: String

    /// The most that one file may hold: far more than any tokenizer has.
    private static let limitBytes = 1 << 30

    private func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// The bytes of a file, nil when the directory has no such file.
    func read(_ name: String) throws(TokenizerError) -> (file: String, bytes: [UInt8])? {
        let file = file(name)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try InputFile.contents(of: file, limitBytes: Self.limitBytes)
        } catch {
            if error.isMissing { return nil }
            throw .unreadableFile(file: file, reason: error.reason.description)
        }
        if LargeFilePointer.isPointer(bytes) {
            throw .unreadableFile(file: file, reason: LargeFilePointer.reason)
        }
        return (file, bytes)
    }

    /// Reads `tokenizer.json`, or else the vocabulary files of a family, with what stands beside them.
    func definition() throws(TokenizerError) -> TokenizerDefinition {
        let configuration = try configuration()
        try configuration.rejectOtherPrograms()
        var definition = try definition(configuration)
        if !configuration.givesTokenTypes { definition.dropTokenTypes() }
        return definition
    }

    private func definition(
        _ configuration: TokenizerConfiguration
    ) throws(TokenizerError) -> TokenizerDefinition {
        if let (file, bytes) = try read("tokenizer.json") {
            var definition = try TokenizerDefinition(json: bytes, file: file)
            definition.follow(configuration)
            return definition
        }
        if let (file, bytes) = try read("vocab.txt") {
            if let (codes, _) = try read("bpe.codes") {
                throw .unsupportedElement(file: codes, element: "tokenizer", type: "of PhoBERT")
            }
            return try TokenizerDefinition(vocabularyLines: bytes, file: file, configuration: configuration)
        }
        if let (file, bytes) = try read("vocab.json") {
            guard let merges = try read("merges.txt") else {
                throw .unreadableFile(file: self.file("merges.txt"), reason: "it is not there")
            }
            return try TokenizerDefinition(
                bytePairVocabulary: bytes,
                file: file,
                merges: merges.bytes,
                mergesFile: merges.file,
                configuration: configuration
            )
        }
        if let (file, bytes) = try read("spiece.model") {
            return try TokenizerDefinition(sentencePiece: bytes, file: file, configuration: configuration)
        }
        if let (file, bytes) = try read("spm.model") {
            return try TokenizerDefinition(
                debertaSentencePiece: bytes,
                file: file,
                configuration: configuration
            )
        }
        if let (file, bytes) = try read("sentencepiece.bpe.model") {
            let family = configuration.family == .camembert ? TokenizerFamily.camembert : .xlmRoberta
            try configuration.checkClass(family)
            return try TokenizerDefinition(
                fairseqSentencePiece: bytes,
                file: file,
                family: family,
                configuration: configuration
            )
        }
        throw .noTokenizerFiles(directory: path)
    }

    /// Reads what stands beside the vocabulary.
    private func configuration() throws(TokenizerError) -> TokenizerConfiguration {
        var configuration = TokenizerConfiguration(file: file("tokenizer_config.json"))
        if let (file, bytes) = try read("tokenizer_config.json") {
            configuration = try TokenizerConfiguration(json: bytes, file: file)
        }
        if let (file, bytes) = try read("special_tokens_map.json") {
            try configuration.add(specialTokens: bytes, file: file)
        }
        if let (file, bytes) = try read("added_tokens.json") {
            try configuration.add(addedTokens: bytes, file: file)
        }
        if let (file, bytes) = try read("config.json") {
            try configuration.add(modelConfiguration: bytes, file: file)
        }
        return configuration
    }
}

extension Tokenizer {
    /// Loads the tokenizer of a checkpoint in Hugging Face's layout.
    ///
    /// `tokenizer.json` is used when it is there (its truncation and padding entries are ignored);
    /// otherwise `vocab.txt` (BERT, DistilBERT, ELECTRA, MPNet), `vocab.json` with `merges.txt` (RoBERTa), `spiece.model`
    /// (ALBERT), `spm.model` (DeBERTa) or
    /// `sentencepiece.bpe.model` (XLM-RoBERTa, CamemBERT), and what `tokenizer_config.json` says of it.
    ///
    /// - Parameter directory: path of the checkpoint directory.
    /// - Throws: a ``TokenizerError`` that names the file and what is wrong in it.
    public init(directory: String) throws(TokenizerError) {
        try self.init(TokenizerDirectory(path: directory).definition())
    }
}
