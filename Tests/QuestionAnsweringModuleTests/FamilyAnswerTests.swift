import Foundation
import TensorModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// The whole way from text to answers for families other than BERT, on tiny checkpoints with formula weights.
@Suite struct FamilyAnswerTests {
    private static let skim = """
        {"version": 1, "block_size": 4, "block_layout": "passage_aligned", "attention_region": "full",
        "skim_layers": [1], "skip_threshold": 0.5, "skipped_positions": "forwarded", "minimum_kept_blocks": 1}
        """

    /// `<s>`, `<pad>`, `</s>`, `<unk>`, the 256 characters that stand for bytes, and `<mask>`; no merges.
    private static func writeByteTokenizer(to directory: String) throws {
        let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let others = (0..<256).filter { !printable.contains($0) }
        let scalars = printable + others.indices.map { 256 + $0 }
        var vocabulary = ["<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3]
        for scalar in scalars {
            vocabulary[String(try #require(Unicode.Scalar(scalar)))] = vocabulary.count
        }
        vocabulary["<mask>"] = vocabulary.count
        let files = [
            "vocab.json": String(decoding: try JSONEncoder().encode(vocabulary), as: UTF8.self),
            "merges.txt": "#version: 0.2\n",
            "tokenizer_config.json": #"{"tokenizer_class": "RobertaTokenizer"}"#,
        ]
        for (name, text) in files {
            try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
        }
    }

    private static func report(_ checkpoint: FormulaCheckpoint) throws -> AnswerReport {
        let answerer = try QuestionAnswerer(
            model: checkpoint.path,
            options: ModelOptions(threads: #require(ThreadBudget(threads: 2)))
        )
        let settings = QuestionAnswerer.Settings(
            windows: WindowSettings(maximumLength: 48, advance: .overlap(8)),
            diagnostics: true
        )
        let context = QuestionAnswererTests.context
        let report = try answerer.answer(question: "who baked?", context: context, settings: settings)
        let answer = try #require(report.answers.first)
        let scalars = Array(context.unicodeScalars)
        #expect(scalars[answer.start..<answer.end].elementsEqual(answer.text.unicodeScalars))
        #expect(try #require(report.skim).keptFraction < 1)
        return report
    }

    /// `<s> question </s></s> context </s>`.
    @Test func robertaHasTwoSeparatorsBetweenQuestionAndContext() throws {
        var sizes = FormulaCheckpoint.Sizes()
        sizes.vocabulary = 261
        let checkpoint = try FormulaCheckpoint(
            sizes: sizes,
            family: .roberta,
            linearInputs: 5 * 4,
            skim: Self.skim
        )
        try Self.writeByteTokenizer(to: checkpoint.path)
        let report = try Self.report(checkpoint)
        let ids = try #require(report.diagnostics?.windows.first?.ids)
        #expect(ids.first == 0 && ids.last == 2)
        // "who baked?" is a token a byte.
        #expect(ids[11...12] == [2, 2] && !ids[1...10].contains(2) && !ids[13...46].contains(2))
    }

    /// BERT's tokenizer, whose pairs have token types that the encoder does not know.
    @Test func distilBERTNeedsNoTokenTypes() throws {
        let checkpoint = try FormulaCheckpoint(family: .distilbert, linearInputs: 5 * 4, skim: Self.skim)
        try TinyVocabulary.write(to: checkpoint.path)
        let ids = try #require(try Self.report(checkpoint).diagnostics?.windows.first?.ids)
        #expect(ids.first == 2 && ids.last == 3)
    }
}
