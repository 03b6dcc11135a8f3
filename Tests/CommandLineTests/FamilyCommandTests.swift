import Foundation
import TestSupport
import Testing

/// The program with a checkpoint of every family, in both forms that tokenizers have.
@Suite struct FamilyCommandTests {
    static let families: [FormulaFamily] = [
        .roberta, .albert, .distilbert, .xlmRoberta, .camembert, .electra, .mpnet, .deberta,
    ]
    static let context = "The cafe\u{301} \u{FB01}rst \u{1F600}  stood in 1921"

    /// An object that a command prints, without times.
    private func run(_ arguments: [String], input: String = "") throws -> [String: Any] {
        let run = try CommandRun(arguments, input: Data(input.utf8))
        #expect(run.status == 0, "\(run.errors)")
        var object = try run.json()
        object["milliseconds"] = nil
        return object
    }

    private func answer(_ checkpoint: FormulaCheckpoint) throws -> [String: Any] {
        try run([
            "answer", "--model", checkpoint.path, "--question", "Who was it?", "--context", Self.context,
            "--format", "json", "--diagnostics",
        ])
    }

    @Test(arguments: families)
    func answerIsTheTextOfTheBestTokens(_ family: FormulaFamily) throws {
        let checkpoint = try FormulaCheckpoint.answering(family, .vocabularyFiles)
        let object = try answer(checkpoint)
        let answer = try #require((object["answers"] as? [[String: Any]])?.first)
        let (start, end) = (try #require(answer["start"] as? Int), try #require(answer["end"] as? Int))
        let scalars = Array(Self.context.unicodeScalars)
        #expect(answer["text"] as? String == String(String.UnicodeScalarView(scalars[start..<end])))

        let tokenize = ["tokenize", "--model", checkpoint.path, "--file", "-"]
        let offsets = try #require(try run(tokenize, input: Self.context)["offsets"] as? [[Int]])
        let windows = (object["diagnostics"] as? [String: [[String: [Double]]]])?["windows"]
        let window = try #require(windows?.first)
        let starts = try #require(window["startLogits"])
        let ends = try #require(window["endLogits"])
        let context = starts.count - 1 - offsets.count..<starts.count - 1
        let best = try #require(bestSpan(starts: starts, ends: ends, context: context))
        let first = offsets[best.lowerBound - context.lowerBound][0]
        let last = offsets[best.upperBound - context.lowerBound][1]
        // SentencePiece tokens may hold the space beside them, which is not of the answer.
        let text = String(String.UnicodeScalarView(scalars[first..<last]))
        #expect(start - first == text.prefix { $0 == " " }.count)
        #expect(last - end == text.reversed().prefix { $0 == " " }.count)
    }

    @Test(arguments: families)
    func vocabularyFilesAndTokenizerJSONGiveTheSameOutput(_ family: FormulaFamily) throws {
        func data(_ form: TokenizerForm) throws -> Data {
            try JSONSerialization.data(
                withJSONObject: answer(FormulaCheckpoint.answering(family, form)),
                options: .sortedKeys
            )
        }
        #expect(try data(.vocabularyFiles) == data(.tokenizerJSON))
    }
}
