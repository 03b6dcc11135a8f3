import Foundation
import TestSupport
import Testing

/// Bad input: status 64 for wrong usage, 1 for anything else, and one line that names the input and what to do.
@Suite struct UsageTests {
    struct Case: CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32
        var mentions: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    /// What is wrong before anything is read.
    static let wrongUsage: [Case] = [
        Case(arguments: ["--foo"], status: 64, mentions: ["--foo"]),
        Case(arguments: ["frobnicate"], status: 64, mentions: ["frobnicate"]),
        Case(arguments: ["answer", "--context", "a"], status: 64, mentions: ["--question"]),
        Case(arguments: answer(), status: 64, mentions: ["--context", "--context-file"]),
        Case(
            arguments: answer("--context", "a", "--questions-file", "q"),
            status: 64,
            mentions: ["--question ", "--questions-file"]
        ),
        Case(
            arguments: ["answer", "--questions-file", "-", "--context-file", "-"],
            status: 64,
            mentions: ["standard input"]
        ),
        Case(
            arguments: answer("--context-file", "-", "--context-file", "-"),
            status: 64,
            mentions: ["standard input"]
        ),
        Case(
            arguments: answer(
                "--context-file",
                "a",
                "--context-file",
                "b",
                "--diagnostics",
                "--format",
                "json"
            ),
            status: 64,
            mentions: ["--diagnostics", "single document"]
        ),
        Case(arguments: answer("--context", "a", "--include-text"), status: 64, mentions: ["--format json"]),
        Case(
            arguments: answer("--context", "a", "--context-file", "b"),
            status: 64,
            mentions: ["--context-file"]
        ),
        Case(arguments: answer("--context", "a", "--top-k", "0"), status: 64, mentions: ["--top-k 0"]),
        Case(arguments: answer("--context", "a", "--threads", "0"), status: 64, mentions: ["--threads 0"]),
        Case(
            arguments: answer("--context", "a", "--batch-size", "0"),
            status: 64,
            mentions: ["--batch-size 0"]
        ),
        Case(
            arguments: answer("--context", "a", "--skip-threshold", "1.5"),
            status: 64,
            mentions: ["--skip-threshold 1.5", "0 to 1"]
        ),
        Case(
            arguments: answer("--context", "a", "--skim-layer", "0"),
            status: 64,
            mentions: ["--skim-layer 0"]
        ),
        Case(
            arguments: answer("--context", "a", "--skim-layer", "2", "2"),
            status: 64,
            mentions: ["--skim-layer", "once"]
        ),
        Case(
            arguments: answer("--context", "a", "--dense", "--skim-layer", "2"),
            status: 64,
            mentions: ["--dense"]
        ),
        Case(
            arguments: answer("--context", "a", "--dense", "--second-look", "2"),
            status: 64,
            mentions: ["--dense", "--second-look"]
        ),
        Case(
            arguments: answer("--context", "a", "--second-look", "nan"),
            status: 64,
            mentions: ["--second-look nan", "-1000 to 1000 logits"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-f1-loss", "1", "--dense"),
            status: 64,
            mentions: ["--max-f1-loss", "--dense"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-f1-loss", "1", "--skim-layer", "2"),
            status: 64,
            mentions: ["--max-f1-loss", "--skim-layer"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-f1-loss", "1", "--skip-threshold", "0.5"),
            status: 64,
            mentions: ["--max-f1-loss", "--skip-threshold"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-f1-loss", "-1"),
            status: 64,
            mentions: ["--max-f1-loss -1", "0 points"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-f1-loss", "nan"),
            status: 64,
            mentions: ["--max-f1-loss nan"]
        ),
        Case(
            arguments: answer("--context", "a", "--overlap", "1", "--step", "1"),
            status: 64,
            mentions: ["--overlap", "--step"]
        ),
        Case(
            arguments: answer("--context", "a", "--max-answer-length", "0"),
            status: 64,
            mentions: ["--max-answer-length 0"]
        ),
        Case(arguments: answer("--context", "a", "--diagnostics"), status: 64, mentions: ["--format json"]),
        Case(
            arguments: answer("--context", "a", "--precision", "f64"),
            status: 64,
            mentions: ["f64", "f32"]
        ),
        Case(
            arguments: ["evaluate", "data.json", "--model", "m", "--predictions", "p.json"],
            status: 64,
            mentions: ["--model", "--predictions"]
        ),
        Case(
            arguments: ["evaluate", "data.json", "--predictions", "p.json", "--limit", "0"],
            status: 64,
            mentions: ["--limit 0"]
        ),
        Case(
            arguments: ["predict", "data.json", "--model", "m", "--output", "p", "--n-best", "p"],
            status: 64,
            mentions: ["same file"]
        ),
        Case(
            arguments: ["benchmark", "--architecture", "gpt"],
            status: 64,
            mentions: ["gpt", "bert-base"]
        ),
        Case(
            arguments: ["benchmark", "--architecture", "bert-base", "--model", "m"],
            status: 64,
            mentions: ["--architecture", "--model"]
        ),
        Case(
            arguments: ["benchmark", "--attention-region", "diagonal"],
            status: 64,
            mentions: ["--attention-region", "--architecture"]
        ),
        Case(arguments: ["benchmark", "--length", "0"], status: 64, mentions: ["--length 0"]),
        Case(
            arguments: ["benchmark", "--length", "100", "--padded-length", "99"],
            status: 64,
            mentions: ["--padded-length 99"]
        ),
        Case(
            arguments: ["benchmark", "--keep-fraction", "2"],
            status: 64,
            mentions: ["--keep-fraction 2"]
        ),
    ]

    private static func answer(_ more: String...) -> [String] {
        ["answer", "--model", "m", "--question", "who"] + more
    }

    @Test(arguments: wrongUsage) func wrongUsageIsOneLineAndStatus64(wrong: Case) throws {
        try expect(try CommandRun(wrong.arguments), wrong)
    }

    /// What is wrong with the model, the question or the text.
    @Test func unusableInputIsOneLineAndStatus1() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let dense = try FormulaCheckpoint()
        try TinyVocabulary.write(to: dense.path)
        let scratch = try ScratchDirectory()
        let empty = try ScratchDirectory()
        let notUTF8 = try scratch.write([0x61, 0xFF, 0x62], to: "text")
        func answer(_ question: String, _ more: String..., model: String = checkpoint.path) -> [String] {
            ["answer", "--model", model, "--question", question] + more
        }
        let cases = [
            Case(arguments: answer("", "--context", "a"), status: 1, mentions: ["question"]),
            Case(arguments: answer("who", "--context", " \n\t"), status: 1, mentions: ["context", "3"]),
            Case(
                arguments: answer("who", "--context-file", "/none/text"),
                status: 1,
                mentions: ["/none/text"]
            ),
            Case(
                arguments: answer("who", "--context-file", empty.path),
                status: 1,
                mentions: [empty.path, "no file"]
            ),
            Case(
                arguments: answer("who", "--context-file", notUTF8),
                status: 1,
                mentions: [notUTF8, "byte 1", "UTF-8"]
            ),
            Case(
                arguments: answer("who", "--context", "a", model: "/none"),
                status: 1,
                mentions: ["/none/config.json"]
            ),
            Case(
                arguments: answer("who", "--context", "a", model: notUTF8),
                status: 1,
                mentions: [notUTF8 + "/config.json"]
            ),
            Case(
                arguments: answer("who", "--context", "a", "--overlap", "58"),
                status: 1,
                mentions: ["overlap 58"]
            ),
            Case(
                arguments: answer(String(repeating: "why ", count: 40), "--context", "a"),
                status: 1,
                mentions: ["question", "tokens"]
            ),
            Case(
                arguments: answer("who", "--context", "a", "--skim-layer", "4"),
                status: 1,
                mentions: ["[4]", "1 to 3"]
            ),
            Case(
                arguments: answer("who", "--context", "a", "--skim-layer", "1", model: dense.path),
                status: 1,
                mentions: ["blockskim.json"]
            ),
            Case(
                arguments: answer("who", "--context", "a", "--max-f1-loss", "1", model: dense.path),
                status: 1,
                mentions: ["blockskim.json"]
            ),
            Case(
                arguments: answer("who", "--context", "a", "--max-f1-loss", "1"),
                status: 1,
                mentions: [checkpoint.path + "/blockskim.json", "calibrate"]
            ),
            Case(
                arguments: ["tokenize", "--model", checkpoint.path, "--file", notUTF8],
                status: 1,
                mentions: [notUTF8 + ", line 1", "byte 1"]
            ),
            Case(
                arguments: ["evaluate", notUTF8, "--model", checkpoint.path],
                status: 1,
                mentions: [notUTF8, "SQuAD", "MRQA"]
            ),
            Case(
                arguments: ["evaluate", "/dev/null", "--model", checkpoint.path],
                status: 1,
                mentions: ["/dev/null", "empty"]
            ),
            Case(
                arguments: ["benchmark", "--model", checkpoint.path, "--length", "65", "--runs", "1"],
                status: 1,
                mentions: ["65", "64"]
            ),
        ]
        for wrong in cases { try expect(try CommandRun(wrong.arguments), wrong) }
    }

    /// A program's arguments are bytes; a test's are text, so a shell makes the wrong one.
    @Test func argumentThatIsNotUTF8IsRejected() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", #""$0" answer --question "$(printf 'who\377')" --context a --model m"#,
            CommandRun.program.path,
        ]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(errors.contains("argument 3: byte 3 is not UTF-8"))
    }

    private func expect(_ run: CommandRun, _ wrong: Case) throws {
        #expect(run.status == wrong.status, "\(wrong.testDescription): \(run.errors)")
        #expect(run.output.isEmpty, "\(wrong.testDescription)")
        let lines = run.errors.split(separator: "\n")
        #expect(
            lines.count == 1 && run.errors.hasPrefix("Error: ") && run.errors.last == "\n",
            "\(wrong.testDescription): \(run.errors)"
        )
        for part in wrong.mentions {
            #expect(run.errors.contains(part), "\(wrong.testDescription): \(run.errors)")
        }
    }
}
