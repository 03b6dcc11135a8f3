import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// Nothing of a run is lost to a typo, a second process or a kill, and nothing is silently another thing.
@Suite(.serialized)
struct RunSafetyTests {
    private let run: TinyRun
    init() throws { run = try TinyRun() }

    /// Names, sizes and times of all files of the run, but for the lock.
    private func files() throws -> [String: String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: run.output)
        return try Dictionary(
            uniqueKeysWithValues: names.filter { $0 != RunLock.name }.map { name in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(run.output)/\(name)")
                return (name, "\(attributes[.size] ?? "") \(attributes[.modificationDate] ?? "")")
            }
        )
    }

    private func progress(step: Int) throws -> TrainingCheckpoint.Progress {
        let path = "\(run.output)/checkpoints/step-\(step)/progress.json"
        return try JSONDecoder().decode(
            TrainingCheckpoint.Progress.self,
            from: Data(contentsOf: URL(filePath: path))
        )
    }

    // MARK: Development data

    @Test func developmentFilesAreReadBeforeTheFirstStepAndByThePlan() throws {
        let unanswered = run.path + "/unanswered.json"
        try #"""
        {"version": "1.1", "data": [{"paragraphs": [{"context": "apple brook", "qas":
        [{"id": "q", "question": "where?", "answers": []}]}]}]}
        """#.write(toFile: unanswered, atomically: true, encoding: .utf8)
        let empty = run.path + "/empty.json"
        try #"{"version": "1.1", "data": []}"#.write(toFile: empty, atomically: true, encoding: .utf8)
        for (file, text) in [
            (run.path + "/typo.json", "typo.json"), (unanswered, "reference answer"), (empty, "empty.json"),
        ] {
            var configuration = run.configuration
            configuration.dev = [file]
            let said = "\(try run.error(configuration))"
            #expect(said.contains(text), "\(said)")
            #expect(!FileManager.default.fileExists(atPath: run.output), "\(file) left a directory behind")
            #expect(throws: TrainingError.self) { try TrainingPlan(configuration, threads: 1) { _ in } }
        }
    }

    @Test func developmentDataMayDifferOnResumeAndTheBestIsChosenAnew() throws {
        var options = run.options
        options.evaluateEvery = 2
        options.stopAfter = 3
        #expect(try Trainer(run.configuration, options: options).run() == .interrupted(step: 3))
        #expect(try progress(step: 3).best?.step == 2)
        options.resume = true
        options.stopAfter = nil
        var configuration = run.configuration
        configuration.devLimit = 5
        configuration.dev = [run.path + "/./data.json"]
        configuration.skipThreshold = 0.5
        var said: [String] = []
        #expect(try Trainer(configuration, options: options) { said.append($0) }.run() == .finished)
        #expect(said.contains { $0.contains("chosen anew") })
        #expect(try TrainingConfiguration(run: run.output) == configuration)
        #expect(try progress(step: 8).evaluation?.questions == 5)
    }

    // MARK: Resuming

    @Test func otherTrainingDataAreRefusedOnResumeAndTheSameElsewhereAreNot() throws {
        var options = run.options
        options.stopAfter = 2
        _ = try Trainer(run.configuration, options: options).run()
        options.resume = true
        let moved = run.path + "/elsewhere/data.json"
        try FileManager.default.createDirectory(
            atPath: run.path + "/elsewhere",
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: run.data, toPath: moved)
        var configuration = run.configuration
        configuration.train = [moved]
        #expect(try Trainer(configuration, options: options).run() == .interrupted(step: 4))

        try TinyRun.squad(questions: 13).write(toFile: moved, atomically: true, encoding: .utf8)
        guard case .otherData = try run.error(configuration, options) else {
            Issue.record("another error")
            return
        }
    }

    @Test func resumingAFinishedRunChangesNothing() throws {
        _ = try Trainer(run.configuration, options: run.options).run()
        let before = try files()
        var options = run.options
        options.resume = true
        var said: [String] = []
        #expect(try Trainer(run.configuration, options: options) { said.append($0) }.run() == .finished)
        #expect(try files() == before)
        #expect(said.contains { $0.contains("finished") })
        let summary = try JSONDecoder().decode(
            RunSummary.self,
            from: Data(contentsOf: URL(filePath: run.output + "/summary.json"))
        )
        #expect(summary.lastEvaluation?.questions == 3)
    }

    @Test func damagedCheckpointGivesWayToTheOneBefore() throws {
        var options = run.options
        options.checkpointEvery = 1
        options.stopAfter = 4
        _ = try Trainer(run.configuration, options: options).run()
        let newest = run.output + "/checkpoints/step-4/state.safetensors"
        let bytes = try Data(contentsOf: URL(filePath: newest))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: newest))
        options.resume = true
        options.stopAfter = nil
        var said: [String] = []
        #expect(try Trainer(run.configuration, options: options) { said.append($0) }.run() == .finished)
        #expect(said.contains { $0.contains("step 4 is damaged") } && said.contains("resuming after step 3"))

        var whole = run.options
        whole.output = run.path + "/whole"
        _ = try Trainer(run.configuration, options: whole).run()
        let isEqual = try TinyRun.state(of: run.output) == TinyRun.state(of: whole.output)
        #expect(isEqual)
    }

    /// What a kill between checkpoint and evaluation leaves: the evaluation is made up for.
    @Test func evaluationThatWasCutOffIsMadeWhenTheRunIsResumed() throws {
        var options = run.options
        options.evaluateEvery = 2
        var asked = 0
        // Asked once a step, and from step 2 on within the evaluation.
        let trainer = Trainer(
            run.configuration,
            options: options,
            isInterrupted: {
                asked += 1; return asked > 2
            }
        )
        #expect(try trainer.run() == .interrupted(step: 2))
        #expect(try progress(step: 2).evaluatedStep == nil)
        #expect(!FileManager.default.fileExists(atPath: run.output + "/model"))
        options.resume = true
        options.stopAfter = 1
        _ = try Trainer(run.configuration, options: options).run()
        #expect(try progress(step: 3).best?.step == 2)
        #expect(FileManager.default.fileExists(atPath: run.output + "/model/README.md"))
        #expect(FileManager.default.fileExists(atPath: run.output + "/predictions-data.json"))
    }

    @Test func metricsSinceTheLastLineSurviveAStop() throws {
        var options = run.options
        options.logEvery = 4
        options.stopAfter = 3
        _ = try Trainer(run.configuration, options: options).run()
        options.resume = true
        options.stopAfter = nil
        _ = try Trainer(run.configuration, options: options).run()
        var whole = run.options
        whole.logEvery = 4
        whole.output = run.path + "/whole"
        _ = try Trainer(run.configuration, options: whole).run()
        #expect(try TinyRun.metrics(of: run.output) == TinyRun.metrics(of: whole.output))
        let table = try String(contentsOfFile: run.output + "/metrics.csv", encoding: .utf8).split(
            separator: "\n"
        )
        #expect(
            table.count == 4
                && Set(table.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count
                    == 1
        )
    }

    // MARK: The directory

    @Test func secondProcessInADirectoryIsRefused() throws {
        var options = run.options
        options.stopAfter = 1
        _ = try Trainer(run.configuration, options: options).run()
        let lock = try RunLock(directory: run.output)
        options.resume = true
        guard case .locked(_, let process) = try run.error(run.configuration, options) else {
            Issue.record("another error")
            return
        }
        #expect(process == Int(getpid()))
        options.resume = false
        options.overwrite = true
        guard case .locked = try run.error(run.configuration, options) else {
            Issue.record("another error")
            return
        }
        withExtendedLifetime(lock) {}
    }

    @Test func startThatFailsLeavesNoDirectoryAndAnOlderRunAsItWas() throws {
        var configuration = run.configuration
        configuration.train = [run.path + "/nowhere.json"]
        _ = try run.error(configuration)
        #expect(!FileManager.default.fileExists(atPath: run.output))

        _ = try Trainer(run.configuration, options: run.options).run()
        let before = try files()
        var options = run.options
        options.overwrite = true
        _ = try run.error(configuration, options)
        #expect(try files() == before)
    }

    // MARK: The best

    @Test func frozenEncoderIsChosenByItsClassifiersAndTiesGoToTheLater() throws {
        var configuration = run.configuration
        configuration.freezeEncoder = true
        configuration.dropout = 0
        var options = run.options
        options.evaluateEvery = 2
        #expect(configuration.bestCriterion == .blockF1)
        _ = try Trainer(configuration, options: options).run()
        let evaluations = try evaluations()
        #expect(Set(evaluations.map(\.f1)).count == 1)
        let values = evaluations.map { BestCriterion.blockF1.value(of: $0) }
        let best = try #require(values.max())
        let last = try #require(values.lastIndex(of: best))
        #expect(try progress(step: 8).best?.step == 2 * (last + 1))

        configuration.bestBy = .f1
        options.output = run.path + "/by-f1"
        _ = try Trainer(configuration, options: options).run()
        #expect(try TinyRun.progress(of: options.output).best?.step == 8)
    }

    private func evaluations() throws -> [ModelEvaluation.Scores] {
        try String(contentsOfFile: run.output + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
            .compactMap {
                (try? JSONDecoder().decode(MetricsLog.Evaluation.self, from: Data($0.utf8)))?.evaluation
            }
    }

    @Test func patienceEndsTheRun() throws {
        var configuration = run.configuration
        configuration.epochs = 100
        // Nothing gets better: the weights all but stand still, and of equal evaluations the later is the best, so that
        // only worse ones are counted.
        var options = run.options
        options.evaluateEvery = 1
        options.patience = 2
        configuration.learningRate = 0.05
        configuration.warmup = 0
        var said: [String] = []
        #expect(try Trainer(configuration, options: options) { said.append($0) }.run() == .finished)
        #expect(said.contains { $0.contains("no better for 2 evaluations") }, "\(said)")
    }

    @Test func timeThatIsOverStopsTheRunWithACheckpoint() throws {
        var configuration = run.configuration
        configuration.epochs = 1000
        var options = run.options
        options.maximumSeconds = 2
        let start = ContinuousClock().now
        guard case .interrupted(let step) = try Trainer(configuration, options: options).run() else {
            Issue.record("it went on to the end")
            return
        }
        #expect(step > 0 && ContinuousClock().now - start < .seconds(30))
        #expect(TrainingCheckpoint.steps(in: run.output + "/checkpoints").last == step)
    }
}
