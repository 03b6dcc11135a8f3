import Foundation
import TestSupport
import Testing

/// Where `predict` writes when its output is no regular file.
@Suite struct OutputPathTests {
    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory
    /// What `predict` writes into a file.
    let expected: String

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory([
            "data.json": """
            {"version": "1.1", "data": [{"title": "mill", "paragraphs": [{
            "context": "the mill was built in 1921", "qas": [{"id": "q", "question": "when",
            "answers": [{"text": "1921", "answer_start": 22}]}]}]}]}
            """
        ])
        let run = try CommandRun(Self.predict(scratch, checkpoint, ["--output", scratch.file("file")]))
        #expect(run.status == 0, "\(run.errors)")
        expected = try String(contentsOfFile: scratch.file("file"), encoding: .utf8)
    }

    private static func predict(
        _ scratch: ScratchDirectory,
        _ checkpoint: FormulaCheckpoint,
        _ arguments: [String]
    ) -> [String] {
        ["predict", scratch.file("data.json"), "--model", checkpoint.path] + arguments
    }

    private func shell(_ script: String, _ arguments: [String]) throws -> CommandRun {
        let words = [CommandRun.program.path] + Self.predict(scratch, checkpoint, arguments)
        return try CommandRun(["-c", script, "sh"] + words, program: URL(filePath: "/bin/sh"))
    }

    @Test(arguments: ["-", "/dev/stdout", "/dev/fd/1"])
    func standardOutputGetsThePredictions(output: String) throws {
        let run = try CommandRun(Self.predict(scratch, checkpoint, ["--output", output]))
        #expect(run.status == 0 && run.errors.isEmpty && run.output == expected)
        #expect(!FileManager.default.fileExists(atPath: "-"))
    }

    @Test func theDataMayComeFromStandardInput() throws {
        let data = try Data(contentsOf: URL(filePath: scratch.file("data.json")))
        let arguments = ["predict", "-", "--model", checkpoint.path, "--output", "-"]
        let run = try CommandRun(arguments, input: data)
        #expect(run.status == 0 && run.output == expected, "\(run.errors)")
    }

    @Test func nBestGoesToStandardOutputWhilePredictionsGoToAFile() throws {
        let output = scratch.file("predictions.json")
        let arguments = ["--output", output, "--n-best", "-"]
        let candidates = try CommandRun(Self.predict(scratch, checkpoint, arguments)).json()
        #expect(Array(candidates.keys) == ["q"])
        #expect(try String(contentsOfFile: output, encoding: .utf8) == expected)
    }

    @Test func bothCannotGoToStandardOutput() throws {
        let run = try CommandRun(
            Self.predict(scratch, checkpoint, ["--output", "-", "--n-best", "/dev/stdout"])
        )
        #expect(run.status == 64 && run.errors.contains("same file"))
    }

    /// By its own name, another spelling, a link, and a file of the model.
    @Test(arguments: ["data.json", "./data.json", "link", "model/config.json", "model/vocab.txt"])
    func whatIsReadIsNotWrittenOver(name: String) throws {
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: "data.json")
        try manager.createSymbolicLink(atPath: scratch.file("model"), withDestinationPath: checkpoint.path)
        let path = scratch.file(name)
        let before = try Data(contentsOf: URL(filePath: path))
        for option in ["--output", "--n-best"] {
            let other = option == "--output" ? [] : ["--output", scratch.file("other")]
            let run = try CommandRun(Self.predict(scratch, checkpoint, [option, path] + other))
            #expect(run.status == 64 && run.errors.contains("is read"), "\(run.errors)")
            #expect(!manager.fileExists(atPath: scratch.file("other.journal")))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(!manager.fileExists(atPath: path + ".journal"))
    }

    @Test func whatTheShellAppendsToIsNotRead() throws {
        let file = scratch.file("data.json")
        let before = try Data(contentsOf: URL(filePath: file))
        let run = try shell("\"$@\" >> '\(file)'", ["--output", "-"])
        #expect(run.status == 64 && run.errors.contains("standard output is the file"), "\(run.errors)")
        #expect(try Data(contentsOf: URL(filePath: file)) == before)
    }

    @Test func bothOutputsCannotBeOneFileByTwoSpellings() throws {
        let run = try CommandRun(
            Self.predict(
                scratch,
                checkpoint,
                ["--output", scratch.file("a"), "--n-best", scratch.file("./a")]
            )
        )
        #expect(run.status == 64 && run.errors.contains("same file"), "\(run.errors)")
    }

    @Test func standardOutputIsAppendedToWhereTheShellSaysSo() throws {
        let file = try scratch.write(Array("before\n".utf8), to: "log")
        _ = try shell("\"$@\" >> '\(file)'", ["--output", "/dev/stdout"])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "before\n" + expected)
    }

    @Test func aPipeAndADeviceAreWrittenToAndStay() throws {
        let pipe = scratch.file("pipe")
        let run = try shell("mkfifo '\(pipe)' && { cat '\(pipe)' & \"$@\"; wait; }", ["--output", pipe])
        #expect(run.status == 0 && run.output == expected, "\(run.errors)")
        let type = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
        #expect(type == .typeUnknown)
        #expect(try CommandRun(Self.predict(scratch, checkpoint, ["--output", "/dev/null"])).status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
                == ["data.json", "file", "pipe"]
        )
    }

    @Test(arguments: ["-", "/dev/full"])
    func outputThatIsLostIsAnError(output: String) throws {
        let run = try CommandRun(
            Self.predict(scratch, checkpoint, ["--output", output]),
            outputPath: "/dev/full"
        )
        #expect(run.status == 1 && run.errors.contains("No space left on device"), "\(run.errors)")
    }
}
