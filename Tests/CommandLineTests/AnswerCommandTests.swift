import Foundation
import TestSupport
import Testing

@Suite struct AnswerCommandTests {
    static let context = """
        The caf\u{E9} stood by the river \u{1F600}. It was opened in 1921 by two sisters, who baked bread at night; \
        at noon the workers came and ate soup. In 1950 it burnt down, and nobody knew why.
        """
    static let arguments = ["--question", "When was it opened?", "--context", context]

    let checkpoint: FormulaCheckpoint

    init() throws { checkpoint = try FormulaCheckpoint.skimming() }

    private func answer(_ more: [String], input: Data = Data()) throws -> CommandRun {
        let run = try CommandRun(["answer", "--model", checkpoint.path] + more, input: input)
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        return run
    }

    @Test func jsonIsAsRecorded() throws {
        let run = try answer(
            Self.arguments + ["--format", "json", "--top-k", "2", "--max-length", "48", "--overlap", "8"]
        )
        try expectSnapshot(StableJSON.text(run.json()), "answer.json")
    }

    @Test func saysHowManyWindowsWereLookedAtAgain() throws {
        let arguments = Self.arguments + ["--max-length", "48", "--overlap", "8", "--second-look", "1000"]
        let report = try answer(arguments + ["--format", "json"]).json()
        let skim = try #require(report["skim"] as? [String: Any])
        let looks = try #require(skim["secondLooks"] as? Int)
        #expect(looks > 1 && skim["keptFraction"] as? Double == 1)
        let text = try answer(arguments).output
        #expect(text.contains("\(looks) windows looked at again"), "\(text)")
    }

    @Test func textFromFileAndStandardInputGiveTheSameAnswer() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(Array(Self.context.utf8), to: "context")
        func answers(_ source: [String], input: String = "") throws -> String {
            let arguments =
                ["--question", "When?", "--format", "json", "--max-length", "48", "--overlap", "8"] + source
            var object = try answer(arguments, input: Data(input.utf8)).json()
            object["milliseconds"] = nil
            return String(
                decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
                as: UTF8.self
            )
        }
        let expected = try answers(["--context", Self.context])
        #expect(try answers(["--context-file", file]) == expected)
        #expect(try answers(["--context-file", "-"], input: Self.context) == expected)
    }

    @Test func diagnosticsHoldEveryTokenOfEveryWindow() throws {
        let arguments =
            Self.arguments + ["--format", "json", "--diagnostics", "--max-length", "48", "--overlap", "8"]
        let object = try answer(arguments).json()
        let diagnostics = try #require(object["diagnostics"] as? [String: [[String: [Double]]]])
        let windows = try #require(diagnostics["windows"])
        #expect(windows.count == object["windows"] as? Int)
        var tokens = 0
        for window in windows {
            let ids = try #require(window["ids"])
            #expect(ids.first == 2 && ids.last == 3)  // [CLS] and [SEP] of the tiny vocabulary
            #expect(window["startLogits"]?.count == ids.count && window["endLogits"]?.count == ids.count)
            tokens += ids.count
        }
        #expect(tokens == object["tokens"] as? Int)
    }

    @Test func denseRunTellsNothingOfSkimming() throws {
        #expect(try answer(Self.arguments + ["--format", "json", "--dense"]).json()["skim"] == nil)
    }

    @Test func maximumF1LossChoosesTheLayer() throws {
        let calibrated = try FormulaCheckpoint.skimming(frontier: [
            FrontierPoint(layers: [3], threshold: 0.5, f1Loss: 0.25, speedup: 1.1),
            FrontierPoint(layers: [2], threshold: 0.5, f1Loss: 2, speedup: 1.5),
        ])
        func run(_ loss: String) throws -> CommandRun {
            let arguments = ["answer", "--model", calibrated.path, "--format", "json", "--max-f1-loss", loss]
            return try CommandRun(arguments + Self.arguments)
        }
        for (loss, layers) in [("0.3", [3]), ("2", [2])] {
            let chosen = try run(loss)
            #expect((try chosen.json()["skim"] as? [String: Any])?["layers"] as? [Int] == layers)
            #expect(chosen.errors.isEmpty)
        }
        let dense = try run("0.2")
        #expect(try dense.json()["skim"] == nil)
        #expect(dense.errors.hasPrefix("Note: ") && dense.errors.hasSuffix("running dense\n"))
        #expect(dense.errors.contains("at most 0.2 points") && dense.errors.contains("the least is 0.25"))
    }

    @Test func coloursShowTheWholeTextWithTheAnswerAndDroppedBlocks() throws {
        let plain = try answer(Self.arguments + ["--top-k", "1"]).output
        #expect(!plain.contains("\u{1B}"))
        let colored = try answer(Self.arguments + ["--color", "always"]).output
        let answer = try #require(plain.split(separator: "\n").first?.split(separator: " (").first)
        #expect(colored.contains("\u{1B}[0;1;30;42m\(answer)\u{1B}[0"))
        #expect(colored.contains("\u{1B}[0;2m"))
        let escape = try Regex("\u{1B}\\[[0-9;]*m")
        #expect(colored.replacing(escape, with: "").contains(Self.context))
    }

    /// A text must not be able to move the cursor or change the title of the terminal.
    @Test func controlCharactersOfTheTextAreNotPrinted() throws {
        let text = "the bell \u{07} and \u{1B}]0;title\u{07} here"
        let arguments = ["--question", "where", "--context", text, "--color", "always"]
        let output = try answer(arguments).output
        #expect(!output.contains("\u{07}"))
        #expect(!output.contains("\u{1B}]"))
    }

    @Test func noAnswerCanBeTheAnswer() throws {
        let sure = try answer(Self.arguments + ["--format", "json", "--no-answer-threshold", "-1000"]).json()
        #expect((sure["answers"] as? [Any])?.isEmpty == true)
        #expect((sure["noAnswer"] as? [String: Any])?["chosen"] as? Bool == true)
        let never = try answer(Self.arguments + ["--format", "json", "--no-answer-threshold", "1000"]).json()
        #expect((never["answers"] as? [Any])?.count == 1)
        let text = try answer(Self.arguments + ["--no-answer-threshold", "-1000"]).output
        #expect(text.hasPrefix("The text does not say"))
    }

    @Test(arguments: ["- built in 1921", "--- built\nin 1921", "--model was built in 1921"])
    func textAndQuestionMayBeginWithHyphens(text: String) throws {
        let run = try answer(["--question", "- when", "--context", text, "--format", "json"])
        #expect(try run.json()["question"] as? String == "- when")
    }

    @Test func messageIsOneLineWhateverItQuotes() throws {
        let run = try CommandRun(["answer", "--question", "a", "b\nc", "--context", "x"])
        #expect(run.status == 64)
        #expect(run.errors.split(separator: "\n").count == 1)
    }
}
