import Foundation

/// How a checkpoint says what its tokenizer is.
package enum TokenizerForm: String, CaseIterable, Sendable {
    /// `vocab.txt`, `vocab.json` with `merges.txt`, `spiece.model` or `sentencepiece.bpe.model`.
    case vocabularyFiles
    /// `tokenizer.json`; beside BERT's what Hugging Face's own classes made of the vocabulary files.
    case tokenizerJSON
}

extension FormulaCheckpoint {
    /// A checkpoint of a family that skims after its first layer, with blocks of 4 tokens.
    ///
    /// Tokenizers of other kinds than BERT's are those of `TokenizerModuleTests/Fixtures`, others are
    /// ``TinyVocabulary``'s.
    ///
    /// - Parameters:
    ///   - family: the family.
    ///   - form: the tokenizer's files.
    /// - Returns: a directory with everything that a question answerer needs.
    /// - Throws: what reading and writing files throws.
    package static func answering(
        _ family: FormulaFamily,
        _ form: TokenizerForm
    ) throws -> FormulaCheckpoint {
        let fixtures = URL(filePath: #filePath)  // Tests/TestSupport/FamilyCheckpoint.swift
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TokenizerModuleTests/Fixtures")
        let small = fixtures.appending(path: "small-\(family.name)")
        let hasFixture = FileManager.default.fileExists(atPath: small.path)
        var sizes = Sizes()
        if hasFixture { sizes.vocabulary = 1000 }
        let checkpoint = try FormulaCheckpoint(
            sizes: sizes,
            family: family,
            linearInputs: 5 * 4,
            skim: """
                {"version": 1, "block_size": 4, "block_layout": "passage_aligned", "attention_region": "full",
                "skim_layers": [1], "skip_threshold": 0.5, "skipped_positions": "forwarded", "minimum_kept_blocks": 1}
                """
        )
        let directory = URL(filePath: checkpoint.path)
        switch form {
        case .tokenizerJSON:
            let tiny = family.name == "mpnet" ? TinyVocabulary.mpnetJSON : TinyVocabulary.json
            let text = hasFixture ? try json(family.name, fixtures) : tiny
            try Data(text.utf8).write(to: directory.appending(path: "tokenizer.json"))
        case .vocabularyFiles where hasFixture:
            for file in try FileManager.default.contentsOfDirectory(atPath: small.path) {
                let data = try Data(contentsOf: small.appending(path: file))
                try data.write(to: directory.appending(path: file))
            }
        case .vocabularyFiles: try TinyVocabulary.write(to: checkpoint.path, family: family)
        }
        return checkpoint
    }

    /// The `tokenizer.json` of a fixture: its elements and its model are in two files.
    private static func json(_ family: String, _ fixtures: URL) throws -> String {
        if family == "deberta-v2" {
            struct Whole: Decodable { var tokenizer: String }
            let data = try Data(contentsOf: fixtures.appending(path: "deberta-golden.json"))
            return try JSONDecoder().decode(Whole.self, from: data).tokenizer
        }
        struct Golden: Decodable {
            struct Configuration: Decodable {
                var name: String
                var elements: String
            }
            var configurations: [Configuration]
        }
        let golden = try JSONDecoder().decode(
            Golden.self,
            from: Data(contentsOf: fixtures.appending(path: "families-golden.json"))
        )
        let elements = golden.configurations.first { $0.name == family }?.elements ?? ""
        let model = try Data(contentsOf: fixtures.appending(path: "\(family)-model.json"))
        return "{\(elements),\"model\":\(String(decoding: model, as: UTF8.self))}"
    }
}

/// The best span of a window's context by trying all.
///
/// - Parameters:
///   - starts: the start logits of the window's tokens.
///   - ends: the end logits of the window's tokens.
///   - context: the tokens that may be in a span.
///   - longest: the most tokens of a span.
/// - Returns: the first and the last token with the highest sum of logits.
package func bestSpan<Logit: BinaryFloatingPoint>(
    starts: [Logit],
    ends: [Logit],
    context: Range<Int>,
    longest: Int = 30
) -> ClosedRange<Int>? {
    var best: (score: Logit, span: ClosedRange<Int>)?
    for start in context {
        for end in start..<min(context.upperBound, start + longest) {
            let score = starts[start] + ends[end]
            if score > best?.score ?? -.infinity { best = (score, start...end) }
        }
    }
    return best?.span
}
