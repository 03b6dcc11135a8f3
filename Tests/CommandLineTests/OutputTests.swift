import Foundation
import TestSupport
import Testing

/// Output that cannot be written is an error, unless its reader has seen enough.
@Suite struct OutputTests {
    private static let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory([
            "data.json": """
            {"version": "1.1", "data": [{"title": "mill", "paragraphs": [{
            "context": "the mill was built in 1921", "qas": [{"id": "q", "question": "when",
            "answers": [{"text": "1921", "answer_start": 22}]}]}]}]}
            """,
            "lines": String(repeating: "the mill was built in 1921\n", count: 20_000),
        ])
    }

    /// One run of each command that prints something.
    private var runs: [[String]] {
        let data = scratch.file("data.json")
        let model = ["--model", checkpoint.path]
        let answer = ["answer", "--question", "when", "--context", "the mill was built in 1921"]
        return [
            answer + model, answer + model + ["--format", "json"], answer + model + ["--color", "always"],
            ["evaluate", data] + model, ["evaluate", data, "--format", "json"] + model,
            ["tokenize", "--file", data] + model, ["tokenize", "--file", scratch.file("lines")] + model,
            ["inspect"] + model, ["inspect", "--format", "json"] + model,
            ["benchmark", "--length", "8", "--padded-length", "8", "--runs", "1"] + model,
            ["--help"], ["--version"], ["help", "answer"], ["--generate-completion-script", "bash"], [],
        ]
    }

    @Test(.enabled(if: hasFullDevice, "needs /dev/full")) func outputToAFullDiskIsAnError() throws {
        for arguments in runs {
            let run = try CommandRun(arguments, outputPath: "/dev/full")
            expect(run, reason: "No space left on device", arguments)
        }
    }

    /// A file that the command opens must not get the number of standard output, and with it what is printed.
    @Test func closedOutputIsAnError() throws {
        for arguments in runs {
            let run = try CommandRun(
                ["-c", #""$@" >&-"#, "sh", CommandRun.program.path] + arguments,
                program: URL(filePath: "/bin/sh")
            )
            expect(run, reason: "Bad file descriptor", arguments)
        }
    }

    private func expect(_ run: CommandRun, reason: String, _ arguments: [String]) {
        #expect(run.status == 1, "\(arguments)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(arguments): \(run.errors)")
        #expect(run.errors.hasPrefix("Error: ") && run.errors.contains(reason), "\(arguments): \(run.errors)")
    }

    @Test func aReaderThatGoesAwayEndsTheProgramQuietly() throws {
        let tokenize = #""$0" tokenize --model "$1" --file "$2" | head -n 1; echo "${PIPESTATUS[0]}""#
        let run = try CommandRun(
            ["-c", tokenize, CommandRun.program.path, checkpoint.path, scratch.file("lines")],
            program: URL(filePath: "/bin/bash")
        )
        #expect(run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        // SIGPIPE, as for other programs.
        #expect(lines.count == 2 && lines.last == "141", "\(lines)")
    }

    @Test func longOutputIsWhole() throws {
        let arguments = ["tokenize", "--model", checkpoint.path, "--file", scratch.file("lines")]
        let lines = try CommandRun(arguments).output.split(separator: "\n")
        #expect(lines.count == 20_000)
        #expect(Set(lines).count == 1)
    }
}
