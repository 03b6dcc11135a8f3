import ArgumentParser
import FileModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a command reads, so that none of it is written over.
struct InputGuard {
    /// The files of a checkpoint that are JSON; predictions may lie beside them.
    private static let configurations: Set = [
        "config.json", "blockskim.json", "model.safetensors.index.json", "pytorch_model.bin.index.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json",
    ]

    private var inputs: [FileIdentity: String] = [:]

    /// - Parameters:
    ///   - files: The files that are read; nil names none, and `-` standard input.
    ///   - checkpoint: The directory that the model is read from; nil when none is.
    init(_ files: [String?], checkpoint: String? = nil) {
        var paths = files.compactMap(\.self).map(StandardStream.input)
        if let checkpoint {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoint)) ?? []
            paths += names.filter(Self.isRead).map { "\(checkpoint)/\($0)" }
        }
        for path in paths where InputFile.exists(at: path) {
            if let identity = FileIdentity(path: path) { inputs[identity] = path }
        }
    }

    private static func isRead(_ name: String) -> Bool {
        configurations.contains(name)
            || [".safetensors", ".bin", ".model", ".txt"].contains(where: name.hasSuffix)
    }

    /// Refuses to write over what is read.
    ///
    /// - Parameter outputs: Where the command writes; `/dev/stdout` stands for what standard output was sent to.
    /// - Throws: `ValidationError`.
    func check(_ outputs: [String]) throws {
        for output in outputs {
            guard let identity = FileIdentity(path: output), let input = inputs[identity] else { continue }
            let name = output == "/dev/stdout" ? "standard output" : output
            throw ValidationError(
                name == input
                    ? "\(input) is read, so the output cannot go there; choose another file"
                    : "\(name) is the file \(input), which is read; choose another output"
            )
        }
    }
}
