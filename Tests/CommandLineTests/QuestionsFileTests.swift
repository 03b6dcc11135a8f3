import Foundation
import TestSupport
import Testing

/// Many questions about one text.
@Suite struct QuestionsFileTests {
    private static let questions = "When was it opened?\n\n \t\nwho baked bread?\r\nWhere?\n"
    private static let asked = ["When was it opened?", "who baked bread?", "Where?"]

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory(["questions.txt": Self.questions, "text": AnswerCommandTests.context])
    }

    private func answer(_ more: [String], input: String = "") throws -> CommandRun {
        let windows = ["--max-length", "48", "--overlap", "8"]
        return try CommandRun(
            ["answer", "--model", checkpoint.path] + windows + more,
            input: Data(input.utf8)
        )
    }

    private func reports(_ run: CommandRun) throws -> [[String: Any]] {
        try run.output.split(separator: "\n").map {
            var object = try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            object["milliseconds"] = nil
            return object
        }
    }

    @Test(arguments: [[], ["--batch-size", "5"]]) func everyLineIsTheAnswerOfTheQuestionAlone(batch: [String])
        throws
    {
        let text = ["--context-file", scratch.file("text"), "--format", "json", "--top-k", "2"]
        let file = try answer(text + batch + ["--questions-file", scratch.file("questions.txt")])
        #expect(file.status == 0 && file.errors.isEmpty)
        let together = try reports(file)
        let alone = try Self.asked.flatMap { try reports(answer(text + ["--question", $0])) }
        #expect(together as NSArray == alone as NSArray)
        let input = try answer(text + ["--questions-file", "-"], input: "\u{FEFF}" + Self.questions)
        #expect(try reports(input) as NSArray == alone as NSArray)
    }

    @Test func textForPeopleHasTheQuestions() throws {
        let file = [
            "--questions-file", scratch.file("questions.txt"), "--context-file", scratch.file("text"),
        ]
        let run = try answer(file)
        let parts = run.output.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
        #expect(parts.map(\.first) == Self.asked)
        #expect(
            parts.allSatisfy { $0.count == 4 && $0[1].contains("characters") && $0[3].contains("windows") }
        )
        // The whole text after each question would hide the answers.
        let colored = try answer(file + ["--color", "always"]).output
        #expect(colored.split(separator: "\n").count == run.output.split(separator: "\n").count)
        #expect(colored.contains("\u{1B}[0;1;30;42m") && !colored.contains("\u{1B}[0;2m"))
        let escape = try Regex("\u{1B}\\[[0-9;]*m")
        let time = try Regex("[0-9.]+ ms")
        #expect(
            colored.replacing(escape, with: "").replacing(time, with: "")
                == run.output.replacing(time, with: "")
        )
    }

    @Test func questionThatCannotBeAnsweredLeavesTheRest() throws {
        let tooLong = String(repeating: "why ", count: 40)
        let file = try scratch.write(Array("when\n\(tooLong)\nwho\n".utf8), to: "some.txt")
        let text = ["--context", "the mill was built in 1921", "--format", "json"]
        let run = try answer(text + ["--questions-file", file])
        #expect(run.status == 0)
        let reports = try reports(run)
        #expect(reports.count == 3)
        #expect(reports[1]["line"] as? Int == 2 && reports[1]["question"] as? String == tooLong)
        #expect((reports[1]["error"] as? String)?.contains("tokens") == true)
        #expect(reports[0]["answers"] != nil && reports[2]["answers"] != nil)
        let errors = run.errors.split(separator: "\n")
        #expect(errors.first?.hasPrefix("Warning: \(file), line 2: question: ") == true)
        #expect(errors.last == "Note: 1 of 3 questions were not answered")
        let none = try answer(text + ["--questions-file", "-"], input: tooLong)
        #expect(none.status == 1 && none.errors.contains("none of the 1 questions"))
    }

    @Test func fileWithoutQuestionsIsAnError() throws {
        for (input, mention) in [
            ("", "no question"), (" \n\n", "no question"), ("<!DOCTYPE html><p>when</p>", "HTML"),
        ] {
            let run = try answer(["--context", "a", "--questions-file", "-"], input: input)
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(
                run.errors.hasPrefix("Error: standard input") && run.errors.contains(mention),
                "\(run.errors)"
            )
        }
        let missing = try answer(["--context", "a", "--questions-file", scratch.file("none")])
        #expect(missing.status == 1 && missing.errors.contains(scratch.file("none")))
    }
}
