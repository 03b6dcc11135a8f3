import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct ResumeTests {
    @Test func resumingEqualsNotStopping() throws {
        let run = try TinyRun()
        var whole = run.options
        whole.output = run.path + "/whole"
        #expect(try Trainer(run.configuration, options: whole).run() == .finished)

        var parts = run.options
        parts.stopAfter = 3
        #expect(try Trainer(run.configuration, options: parts).run() == .interrupted(step: 3))
        parts.resume = true
        #expect(try Trainer(run.configuration, options: parts).run() == .interrupted(step: 6))
        parts.stopAfter = nil
        #expect(try Trainer(run.configuration, options: parts).run() == .finished)

        let (resumed, expected) = (try TinyRun.state(of: run.output), try TinyRun.state(of: whole.output))
        // Not compared within #expect, which would list the differences of all bytes.
        let isEqual = resumed == expected
        #expect(isEqual)
        for file in ["model/model.safetensors", "model/blockskim.json", "configuration.json"] {
            let bytes = try [run.output, whole.output].map {
                try Data(contentsOf: URL(filePath: "\($0)/\(file)"))
            }
            let isEqual = bytes[0] == bytes[1] && !bytes[0].isEmpty
            #expect(isEqual, "\(file)")
        }
        // One line a step and one an evaluation, none twice.
        let metrics = try String(contentsOfFile: run.output + "/metrics.jsonl", encoding: .utf8)
        #expect(metrics.split(separator: "\n").count == 9)
        let summary = try JSONDecoder().decode(
            RunSummary.self,
            from: Data(contentsOf: URL(filePath: run.output + "/summary.json"))
        )
        #expect(summary.steps == 8 && summary.bestStep == 8)
    }

    @Test func threeDifferentSeedsGiveThreeModels() throws {
        let run = try TinyRun()
        var states: [Data] = []
        for seed in [1, 2, 1] as [UInt64] {
            var configuration = run.configuration
            configuration.seed = seed
            configuration.epochs = 0.5
            var options = run.options
            options.output = run.path + "/seed-\(states.count)"
            _ = try Trainer(configuration, options: options).run()
            states.append(try TinyRun.state(of: options.output))
        }
        let (isSame, isOther) = (states[0] == states[2], states[0] != states[1])
        #expect(isSame)
        #expect(isOther)
    }

    /// Kills the program at moments all over its run; what it leaves can always be resumed, and comes to the same.
    ///
    /// `BLOCKSKIM_TEST_KILLS=50` makes more of them.
    @Test func killedRunResumesFromWhatItLeft() throws {
        let run = try TinyRun()
        let whole = run.path + "/whole"
        let often = ["--checkpoint-every", "1", "--evaluate-every", "2"]
        func start(_ output: String, _ extra: [String]) throws -> Process {
            let process = Process()
            process.executableURL = TinyRun.program
            process.arguments = run.arguments(output: output) + often + extra
            process.standardError = FileHandle.nullDevice
            process.environment = ["BLOCKSKIM_PYTHON": "/bin/true"]
            try process.run()
            return process
        }
        let complete = try start(whole, [])
        complete.waitUntilExit()
        #expect(complete.terminationStatus == 0)

        var generator = SplitMix(seed: 5)
        var kills = 0
        var finished = false
        let wanted = ProcessInfo.processInfo.environment["BLOCKSKIM_TEST_KILLS"].flatMap { UInt32($0) } ?? 10
        for attempt in 0..<4 * wanted where !finished {
            // Before there is a configuration, nothing has begun.
            let begun = FileManager.default.fileExists(atPath: run.output + "/configuration.json")
            let process = try start(run.output, begun ? ["--resume"] : ["--overwrite"])
            // Longer and longer, so that a slow machine gets to its first checkpoint too.
            let longest = 500_000 + 1_000_000 / wanted * attempt
            usleep(UInt32.random(in: 60_000...longest, using: &generator))
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            finished = process.terminationReason == .exit
            #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 0)
        }
        if !finished {
            let last = try start(run.output, ["--resume"])
            last.waitUntilExit()
            #expect(last.terminationStatus == 0)
        }
        #expect(kills > 0)
        print("killed \(kills) times")
        let (resumed, expected) = (try TinyRun.state(of: run.output), try TinyRun.state(of: whole))
        // Not compared within #expect, which would list the differences of all bytes.
        let isEqual = resumed == expected
        #expect(isEqual)
        for file in ["model/model.safetensors", "model/blockskim.json", "predictions-data.json"] {
            let bytes = try [run.output, whole].map { try Data(contentsOf: URL(filePath: "\($0)/\(file)")) }
            let isEqual = bytes[0] == bytes[1]
            #expect(isEqual, "\(file)")
        }
        #expect(try TinyRun.metrics(of: run.output) == TinyRun.metrics(of: whole))
        #expect(try TinyRun.progress(of: run.output).best == TinyRun.progress(of: whole).best)
    }

    /// Starts the program; what it says goes to `log`.
    private func start(_ command: [String], log: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ["BLOCKSKIM_PYTHON": "/bin/true"]
        try Data().write(to: URL(filePath: log))
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        return process
    }

    private func uninterrupted(_ run: TinyRun, _ extra: [String]) throws -> Data {
        let output = run.path + "/uninterrupted"
        let program = [TinyRun.program.path] + run.arguments(output: output) + extra
        let process = try start(program, log: run.path + "/uninterrupted.log")
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try TinyRun.state(of: output)
    }

    /// A limit on the size of files refuses what is written as a full disk does.
    @Test func fullDiskStopsTheRunAndLosesNothing() throws {
        let run = try TinyRun()
        let often = ["--checkpoint-every", "1", "--evaluate-every", "100"]
        let whole = try uninterrupted(run, often)
        let log = run.path + "/log"
        let program = [TinyRun.program.path] + run.arguments(output: run.output) + often
        let begun = try start(program + ["--stop-after", "2"], log: log)
        begun.waitUntilExit()
        #expect(begun.terminationStatus == 0)
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("stopped after step 2"))

        let limited =
            ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh"] + program + ["--resume"]
        let refused = try start(limited, log: log)
        refused.waitUntilExit()
        #expect(refused.terminationReason == .exit && refused.terminationStatus == 1)
        let said = try String(contentsOfFile: log, encoding: .utf8)
        #expect(said.contains(".safetensors: cannot write"), "\(said)")
        #expect(TrainingCheckpoint.steps(in: run.output + "/checkpoints") == [1, 2])

        let rest = try start(program + ["--resume"], log: log)
        rest.waitUntilExit()
        #expect(rest.terminationStatus == 0)
        let resumed = try TinyRun.state(of: run.output)
        let isEqual = resumed == whole
        #expect(isEqual)
    }

    @Test func interruptWritesACheckpointAndSaysHowToGoOn() throws {
        let run = try TinyRun()
        let long = ["--epochs", "400", "--evaluate-every", "100000", "--checkpoint-every", "100000"]
        let log = run.path + "/log"
        let program = [TinyRun.program.path] + run.arguments(output: run.output) + long
        let process = try start(program, log: log)
        let deadline = Date.now + 60
        while !FileManager.default.fileExists(atPath: run.output + "/metrics.jsonl"), Date.now < deadline {
            usleep(20_000)
        }
        usleep(300_000)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        let said = try String(contentsOfFile: log, encoding: .utf8)
        #expect(said.contains("once more stops at once"), "\(said)")
        let step = try #require(TrainingCheckpoint.steps(in: run.output + "/checkpoints").last)
        #expect(said.contains("stopped after step \(step); --resume goes on from there"), "\(said)")
    }

    @Test func keepsTheLastCheckpointsAndTheBest() throws {
        let run = try TinyRun()
        var options = run.options
        options.checkpointEvery = 1
        options.evaluateEvery = 3
        options.keptCheckpoints = 2
        _ = try Trainer(run.configuration, options: options).run()
        let steps = TrainingCheckpoint.steps(in: run.output + "/checkpoints")
        let summary = try JSONDecoder().decode(
            RunSummary.self,
            from: Data(contentsOf: URL(filePath: run.output + "/summary.json"))
        )
        let best = try #require(summary.bestStep)
        #expect(steps == Array(Set([7, 8, best])).sorted())
    }
}
