import Foundation

/// A WordPiece vocabulary that spells any lower-case English text and fits ``FormulaCheckpoint``'s embeddings.
package enum TinyVocabulary {
    /// The tokens by id.
    package static let tokens: [String] = {
        let characters = "abcdefghijklmnopqrstuvwxyz0123456789".map { "\($0)" }
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + characters + characters.map { "##" + $0 }
            + [".", ",", "?", "!", "-", "'", "\"", "(", ")"]
    }()

    /// Writes `vocab.txt` and `tokenizer_config.json` into a checkpoint directory.
    ///
    /// - Parameter directory: an existing directory.
    /// - Throws: what writing files throws.
    package static func write(to directory: String) throws {
        let files = [
            "vocab.txt": tokens.joined(separator: "\n") + "\n",
            "tokenizer_config.json": #"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#,
        ]
        for (name, text) in files {
            try text.write(toFile: directory + "/" + name, atomically: false, encoding: .utf8)
        }
    }
}
