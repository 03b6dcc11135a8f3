import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

#if canImport(Glibc)
    import Glibc
#endif

/// Whatever is wrong with a file, every command says so in one line, with the path and the system's words.
@Suite(.serialized)
struct FileErrorTests {
    private let run: TinyRun
    private var model: String { run.output + "/model" }

    init() throws {
        run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: file))
        #expect(mkfifo(pipe, 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
    }

    private var nowhere: String { run.path + "/nowhere" }
    private var directory: String { run.path + "/directory" }
    private var file: String { run.path + "/file" }
    private var pipe: String { run.path + "/pipe" }
    /// A device that takes no byte, and gives zeros without end.
    private var full: String { run.path + "/full" }
    private var unused: String { run.path + "/unused" }

    /// Runs the program, whose last line is to name the path and nothing of Foundation.
    private func expectError(
        naming path: String,
        _ arguments: [String],
        through wrapper: [String] = [],
        words: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (status, said) = try TinyRun.runProgram(arguments, through: wrapper)
        let call = arguments.joined(separator: " ") + "\n" + said
        #expect(status == 1, "\(call)", sourceLocation: sourceLocation)
        let line = said.split(separator: "\n").last.map(String.init) ?? ""
        #expect(
            line.hasPrefix("blockskim-train: ") && line.contains(path),
            "\(call)",
            sourceLocation: sourceLocation
        )
        if !words.isEmpty {
            #expect(words.contains(where: line.contains), "\(call)", sourceLocation: sourceLocation)
        }
        for word in [
            "NSCocoa", "NSPOSIX", "Error Domain", "couldn’t be", "could not be completed", "DecodingError",
        ] {
            #expect(!said.contains(word), "\(call)", sourceLocation: sourceLocation)
        }
    }

    private func train(_ change: [String: String] = [:]) -> [String] { learn("train", change) }

    /// `train` or `search` with some of its options changed.
    private func learn(_ command: String, _ change: [String: String]) -> [String] {
        let options = ["--model": run.path, "--train": run.data, "--dev": run.data, "--output": unused]
        return [command]
            + options.merging(change) { $1 }.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
            + ["--max-length", "48", "--overlap", "4", "--threads", "1", "--precision", "f32"]
    }

    private func study(_ change: [String: String]) -> [String] { learn("study", change) }

    private func teach(_ change: [String: String]) -> [String] {
        let options = ["--model": model, "--train": run.data, "--output": unused]
        return ["teach", "--max-length", "48", "--overlap", "4", "--precision", "f32"]
            + options.merging(change) { $1 }.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    }

    private func calibrate(_ command: String, _ change: [String: String]) -> [String] {
        let options = ["--model": model, "--dev": run.data]
        return [command, "--threads", "1"]
            + options.merging(change) { $1 }.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    }

    @Test func dataThatCannotBeRead() throws {
        for path in [nowhere, directory, file + "/inside", pipe, full, file] {
            for arguments in [
                train(["--train": path]), train(["--dev": path]), learn("search", ["--dev": path]),
                study(["--train": path]), study(["--dev": path]), teach(["--train": path]),
                calibrate("calibrate", ["--dev": path]), calibrate("calibrate-reading", ["--dev": path]),
            ] {
                try expectError(
                    naming: path,
                    arguments,
                    words: [
                        "No such file or directory", "is a directory", "Not a directory",
                        "a pipe or a device",
                        "is empty",
                    ]
                )
            }
        }
        // A search that cannot begin leaves nothing that the corrected one would stumble over.
        try expectError(naming: nowhere, learn("search", ["--train": nowhere]))
        // It reads its data once, and so from a pipe, too.
        for path in [nowhere, directory, file + "/inside", full, file] {
            try expectError(naming: path, ["documents", path, "--output", unused])
        }
        #expect(!FileManager.default.fileExists(atPath: unused))
    }

    @Test func modelsThatCannotBeRead() throws {
        for path in [nowhere, directory, file, file + "/inside"] {
            for arguments in [
                train(["--model": path]), learn("search", ["--model": path]), study(["--model": path]),
                teach(["--model": path]), calibrate("calibrate", ["--model": path]),
                calibrate("calibrate-reading", ["--model": path]),
                ["benchmark", "--model", path, "--length", "32", "--precision", "f32"],
            ] { try expectError(naming: path, arguments) }
        }
    }

    @Test func otherFilesThatCannotBeRead() throws {
        for path in [nowhere, directory, file, file + "/inside"] {
            try expectError(naming: path, train(["--teacher": path]))
            try expectError(naming: path, train(["--configuration": path]))
            try expectError(naming: path, ["export", path, "--output", unused])
            try expectError(naming: path, learn("search", ["--output": path]) + ["--resume"])
            try expectError(naming: path, train(["--output": path]) + ["--resume"])
        }
        // Files of a run that hold something else than they should.
        let step = try #require(TrainingCheckpoint.steps(in: run.output + "/checkpoints").last)
        let progress = "\(run.output)/checkpoints/step-\(step)/progress.json"
        for text in ["", "{", "[1]", #"{"step": "one"}"#] {
            try Data(text.utf8).write(to: URL(filePath: progress))
            try expectError(naming: progress, ["export", run.output, "--output", unused])
        }
        for text in ["", "{", "[1]", "{}"] {
            try Data(text.utf8).write(to: URL(filePath: model + "/blockskim.json"))
            try expectError(naming: model + "/blockskim.json", calibrate("calibrate", [:]))
        }
    }

    @Test func placesThatCannotBeWritten() throws {
        let place = "/proc/place"
        for path in [file, file + "/inside", place] {
            for arguments in [
                train(["--output": path]), learn("search", ["--output": path]), study(["--output": path]),
                calibrate("calibrate", ["--output": path]),
                calibrate("calibrate-reading", ["--output": path]),
                ["export", run.output, "--output", path],
            ] {
                try expectError(
                    naming: path,
                    arguments,
                    words: ["File exists", "Not a directory", "No such file or directory"]
                )
            }
        }
        for path in [file + "/inside", place, directory] {
            try expectError(naming: path, teach(["--output": path]))
            try expectError(naming: path, ["documents", run.data, "--output", path])
        }
        try expectError(
            naming: full,
            teach(["--output": full]) + ["--overwrite"],
            words: ["No space left on device"]
        )
        try expectError(
            naming: full,
            ["documents", run.data, "--output", full],
            words: ["No space left on device"]
        )
    }

    /// A limit on the size of files refuses every byte, as a full disk does.
    @Test func disksThatAreFull() throws {
        let limited = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"]
        let words = ["File too large"]
        try expectError(naming: unused, train(), through: limited, words: words)
        try expectError(naming: unused, learn("search", [:]), through: limited, words: words)
        try expectError(naming: unused, study([:]), through: limited, words: words)
        try expectError(naming: unused, teach([:]), through: limited, words: words)
        try expectError(
            naming: unused,
            ["documents", run.data, "--output", unused + ".json"],
            through: limited,
            words: words
        )
        try expectError(
            naming: unused,
            ["export", run.output, "--output", unused + "-model"],
            through: limited,
            words: words
        )
        try expectError(naming: model, calibrate("calibrate", [:]), through: limited, words: words)
    }

    /// Root may do everything, so it becomes another user.
    private static let asAnother =
        geteuid() == 0
        ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : ["/usr/bin/env"]

    @Test(
        .enabled(
            if: (try? TinyRun.runProgram(["--help"], through: asAnother).status) == 0,
            "no other user can run the program"
        )
    )
    func filesThatNobodyMayReadOrWrite() throws {
        let closed = run.path + "/closed"
        let output = closed + "/output"
        try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: false)
        let data = run.path + "/closed.json"
        try FileManager.default.copyItem(atPath: run.data, toPath: data)
        #expect(chmod(data, 0) == 0 && chmod(closed, 0o555) == 0)
        // Of the runs that fail for another reason than their place.
        #expect(chmod(directory, 0o777) == 0 && chmod(model, 0o777) == 0)
        let elsewhere = directory + "/output"
        for (path, arguments) in [
            (data, train(["--train": data, "--output": elsewhere])), (data, train(["--dev": data])),
            (data, teach(["--train": data])), (data, ["documents", data, "--output", elsewhere]),
            (data, calibrate("calibrate", ["--dev": data])), (data, train(["--configuration": data])),
            (output, train(["--output": output])), (output, learn("search", ["--output": output])),
            (output, study(["--output": output])), (output, teach(["--output": output])),
            (output, ["documents", run.data, "--output", output]),
            (output, ["export", run.output, "--output", output]),
            (closed, study(["--output": closed])), (output, calibrate("calibrate", ["--output": output])),
        ] {
            try expectError(naming: path, arguments, through: Self.asAnother, words: ["Permission denied"])
        }
        // Known before anything is measured.
        #expect(chmod(model, 0o555) == 0)
        for command in ["calibrate", "calibrate-reading"] {
            let arguments = calibrate(command, [:])
            try expectError(naming: model, arguments, through: Self.asAnother, words: ["Permission denied"])
        }
        #expect(chmod(model, 0o755) == 0 && chmod(closed, 0o755) == 0)
    }

    @Test func everyErrorOfFoundationIsSaidInTheSystemsWords() {
        for code in 0..<5000 {
            let plain = NSError(domain: NSCocoaErrorDomain, code: code)
            #expect(!RunDirectory.reason(plain).contains("NSCocoa"))
            let cause = NSError(domain: NSPOSIXErrorDomain, code: Int(EROFS))
            let caused = NSError(
                domain: NSCocoaErrorDomain,
                code: code,
                userInfo: [NSUnderlyingErrorKey: cause]
            )
            #expect(RunDirectory.reason(caused) == "Read-only file system")
        }
        #expect(RunDirectory.reason(CocoaError(.fileWriteVolumeReadOnly)) == "Read-only file system")
        #expect(RunDirectory.reason(POSIXError(.ENOTDIR)) == "Not a directory")
    }
}
