import Foundation
import TestSupport
import Testing

/// `predict` that ends before its time keeps what was answered, and `--resume` goes on with it.
@Suite struct ResumeTests {
    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory
    /// The files of a run that nothing interrupts.
    let expected: [String]

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory()
        let context = "the mill was built in 1921 by two sisters who lived near the river all their lives"
        let passages = (0..<10).map { passage in
            [
                "context": context,
                "qas": (0..<10).map { question in
                    [
                        "id": "p\(passage)q\(question)",
                        // Some questions fill the window, and are left without an answer.
                        "question": String(
                            repeating: "who built it ",
                            count: question == 7 ? 90 : 1 + question % 3
                        ),
                        "answers": [],
                    ] as [String: Any]
                },
            ] as [String: Any]
        }
        let document: [String: Any] = [
            "version": "1.1", "data": [["title": "mill", "paragraphs": passages]],
        ]
        try scratch.write(Array(JSONSerialization.data(withJSONObject: document)), to: "data.json")
        let run = try CommandRun(Self.predict(scratch, checkpoint, "whole"))
        #expect(run.status == 0)
        expected = try Self.files(scratch, "whole")
        #expect(expected.allSatisfy { $0.count > 1000 })
    }

    private static func predict(
        _ scratch: ScratchDirectory,
        _ checkpoint: FormulaCheckpoint,
        _ name: String,
        _ more: [String] = []
    ) -> [String] {
        [
            "predict", scratch.file("data.json"), "--model", checkpoint.path, "--output",
            scratch.file("\(name).json"), "--n-best", scratch.file("\(name)-n-best.json"),
        ] + more
    }

    private static func files(_ scratch: ScratchDirectory, _ name: String) throws -> [String] {
        try ["\(name).json", "\(name)-n-best.json"].map {
            try String(contentsOfFile: scratch.file($0), encoding: .utf8)
        }
    }

    private func predict(_ more: [String] = []) throws -> CommandRun {
        try CommandRun(Self.predict(scratch, checkpoint, "out", more))
    }

    private func shell(_ script: String) throws -> CommandRun {
        let words = [CommandRun.program.path] + Self.predict(scratch, checkpoint, "out")
        return try CommandRun(["-c", script, "sh"] + words, program: URL(filePath: "/bin/sh"))
    }

    private var journal: String { scratch.file("out.json.journal") }

    private func lines() throws -> Int {
        try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").count
    }

    /// Nothing but the data, the files of the whole run and perhaps the journal.
    private func expectNothingPartial(journal: Bool) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        let usual = ["data.json", "whole-n-best.json", "whole.json"]
        #expect(names == (journal ? usual + ["out.json.journal"] : usual).sorted())
    }

    private func expectResumed() throws {
        let resumed = try predict(["--resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try Self.files(scratch, "out") == expected)
        #expect(!FileManager.default.fileExists(atPath: journal))
    }

    /// Ends the program with a signal when some answers are there.
    private func interrupt(by signal: String) throws -> CommandRun {
        try shell(
            """
            "$@" & program=$!
            until [ "$(wc -l <'\(journal)')" -gt 15 ]; do sleep 0.01; done 2>/dev/null
            kill -\(signal) $program; wait $program; exit $?
            """
        )
    }

    @Test func killedRunGoesOnToTheSameBytes() throws {
        #expect(try interrupt(by: "KILL").status == 128 + 9)
        try expectNothingPartial(journal: true)
        #expect(try (16..<100).contains(lines()))
        try expectResumed()
    }

    @Test(arguments: ["INT", "TERM"]) func interruptedRunSaysHowToGoOn(signal: String) throws {
        let run = try interrupt(by: signal)
        #expect(run.status == 1)
        let last = try #require(run.errors.split(separator: "\n").last)
        #expect(last.hasPrefix("Error: interrupted; ") && last.hasSuffix("\(journal): go on with --resume"))
        try expectNothingPartial(journal: true)
        try expectResumed()
    }

    /// The limit on the size of a file stands for a full disk: a write fails in the middle of a line.
    @Test func fullDiskKeepsWhatWasAnswered() throws {
        let run = try shell("ulimit -f 32; \"$@\"")
        #expect(run.status == 1 && run.errors.contains("File too large"), "\(run.errors)")
        #expect(run.errors.hasSuffix("\(journal): go on with --resume\n"))
        try expectNothingPartial(journal: true)
        #expect(try Data(contentsOf: URL(filePath: journal)).last != UInt8(ascii: "\n"))
        try expectResumed()
    }

    @Test func refusesTheJournalOfAnotherRun() throws {
        _ = try shell("ulimit -f 32; \"$@\"")
        let again = try predict()
        #expect(again.status == 1 && again.errors.contains("--resume"), "\(again.errors)")
        let settings = try predict(["--resume", "--max-answer-length", "2"])
        #expect(settings.status == 1 && settings.errors.contains("different settings"), "\(settings.errors)")
        let data = scratch.file("data.json")
        let text = try String(contentsOfFile: data, encoding: .utf8)
        try scratch.write(Array(text.replacing("two sisters", with: "two cousins").utf8), to: "data.json")
        let changed = try predict(["--resume"])
        #expect(changed.status == 1 && changed.errors.contains("a different data set"), "\(changed.errors)")
        try scratch.write(Array(text.utf8), to: "data.json")
        try expectResumed()
    }

    @Test func resumingWithoutAJournalBeginsAtTheFront() throws {
        let run = try predict(["--resume"])
        #expect(run.status == 0 && run.errors.hasPrefix("Note: there is no \(journal)"))
        #expect(try Self.files(scratch, "out") == expected)
    }

    @Test func whatIsNoFileCannotBeGoneOnWith() throws {
        let run = try CommandRun(
            ["predict", scratch.file("data.json"), "--model", checkpoint.path, "--output", "-", "--resume"]
        )
        #expect(run.status == 64 && run.errors.contains("--resume needs an --output that is a file"))
        #expect(run.output.isEmpty)
    }
}
