import Foundation
import TestSupport
import Testing

/// What a terminal gets beside text.
@Suite(.enabled(if: TerminalRun.isPossible, "needs script, of util-linux")) struct TerminalTests {
    private static let context = "the mill was built in 1921 by two sisters"

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory()
    }

    private func answer(_ environment: [String: String]) throws -> String {
        let arguments = [
            "answer", "--question", "when", "--context", Self.context, "--model", checkpoint.path,
        ]
        let plain = ["TERM": "xterm", "NO_COLOR": ""]
        let run = try TerminalRun(arguments, environment: plain.merging(environment) { $1 })
        #expect(run.status == 0)
        return run.text
    }

    @Test func aTerminalGetsColours() throws {
        #expect(try answer([:]).contains("\u{1B}["))
    }

    @Test(arguments: [["TERM": "dumb"], ["TERM": ""], ["NO_COLOR": "1"]])
    func aPlainTerminalGetsNoControlSequences(environment: [String: String]) throws {
        let text = try answer(environment)
        #expect(text.contains("1 window") && !text.contains("\u{1B}"))
    }

    /// Long enough for a line of progress, which appears after half a second.
    @Test(arguments: [("xterm", true), ("dumb", false)])
    func onlyATerminalThatCanRedrawGetsALineOfProgress(type: String, isShown: Bool) throws {
        let questions = (0..<400).map { #"{"id": "\#($0)", "question": "when", "answers": []}"# }
        let data = try scratch.write(
            Array(
                #"{"version": "1.1", "data": [{"title": "mill", "paragraphs": [{"context": "\#(Self.context)", "qas": ["#
                    .utf8
            ) + Array(questions.joined(separator: ",").utf8) + Array("]}]}]}".utf8),
            to: "data.json"
        )
        let run = try TerminalRun(
            ["predict", data, "--model", checkpoint.path, "--output", scratch.file("out.json")],
            environment: ["TERM": type, "NO_COLOR": ""]
        )
        #expect(run.status == 0)
        #expect(run.text.contains("of 400 questions") == isShown)
        #expect(run.text.contains("\u{1B}") == isShown)
    }
    /// Questions about one text, and documents for one question.
    @Test func aTerminalGetsALineOfProgressOverQuestionsAndDocuments() throws {
        let questions = try scratch.write(
            Array(String(repeating: "when was it built?\n", count: 2000).utf8),
            to: "questions"
        )
        try FileManager.default.createDirectory(
            atPath: scratch.file("docs"),
            withIntermediateDirectories: true
        )
        for index in 0..<1000 {
            try scratch.write(Array(Self.context.utf8), to: "docs/\(index)")
        }
        for (arguments, unit) in [
            (["--questions-file", questions, "--context", Self.context], "of 2000 questions"),
            (["--question", "when?", "--context-file", scratch.file("docs")], "of 1000 documents"),
        ] {
            let run = try TerminalRun(
                ["answer", "--model", checkpoint.path, "--format", "json"] + arguments,
                environment: ["TERM": "xterm", "NO_COLOR": ""]
            )
            #expect(run.status == 0)
            #expect(run.text.contains(unit) && run.text.contains(" left"))
        }
    }
}
