import Foundation
import QuestionAnsweringModule
import Testing

@testable import SkimTrainingModule

/// Runs whose softmax is over all windows of a question: from the files to the model.
@Suite(.serialized)
struct DocumentRunTests {
    private let run: TinyRun
    /// Windows of 12 tokens of the context, two of a question at most.
    private let configuration: TrainingConfiguration

    init() throws {
        run = try TinyRun()
        configuration = Self.documents(run.configuration)
    }

    private static func documents(_ base: TrainingConfiguration) -> TrainingConfiguration {
        var configuration = base
        configuration.spanNormalization = .document
        configuration.windowsPerQuestion = 2
        configuration.maximumLength = 24
        configuration.accumulation = 2
        return configuration
    }

    @Test func resumingEqualsNotStopping() throws {
        var whole = run.options
        whole.output = run.path + "/whole"
        #expect(try Trainer(configuration, options: whole).run() == .finished)
        var parts = run.options
        parts.stopAfter = 5
        #expect(try Trainer(configuration, options: parts).run() == .interrupted(step: 5))
        (parts.resume, parts.stopAfter) = (true, nil)
        #expect(try Trainer(configuration, options: parts).run() == .finished)
        let isEqual = try TinyRun.state(of: run.output) == TinyRun.state(of: whole.output)
        #expect(isEqual)
        #expect(try TinyRun.metrics(of: run.output) == TinyRun.metrics(of: whole.output))

        var other = configuration
        other.spanNormalization = .window
        let text = "\(try run.error(other, parts))"
        #expect(text.contains("spanNormalization is window and was document"), "\(text)")
    }

    /// What a run over windows learns is something else, from the same windows.
    @Test func normalizationsDiffer() throws {
        var losses: [Double] = []
        for normalization in SpanNormalization.allCases {
            var configuration = configuration
            configuration.spanNormalization = normalization
            configuration.epochs = 1
            var options = run.options
            options.output = run.path + "/\(normalization)"
            _ = try Trainer(configuration, options: options).run()
            losses.append(try #require(try TinyRun.progress(of: options.output).evaluation?.loss))
        }
        // A softmax over two windows or more has more to choose from.
        #expect(losses[1] > losses[0] + 0.1)
    }

    @Test func learnsFromATeacherToo() throws {
        let taught = try TaughtRun()
        try taught.teach()
        let configuration = Self.documents(taught.configuration)
        #expect(try Trainer(configuration, options: taught.run.options).run() == .finished)
        let losses = try TaughtRun.teachingLosses(of: taught.run.output)
        #expect(losses.count > 8 && losses.contains { $0 > 0 } && losses.allSatisfy(\.isFinite))
    }

    @Test func planCountsWhatIsTaken() throws {
        let plan = try TrainingPlan(configuration, threads: 1) { _ in }
        #expect(plan.windows == 28 && plan.table.files[0].windows == 28)
        #expect(plan.stepsPerEpoch == 7 && plan.steps == 14 && plan.seconds > 0)
        #expect(plan.table.files[0].droppedWindows > 0)
        var windows = configuration
        windows.spanNormalization = .window
        #expect(try TrainingPlan(windows, threads: 1) { _ in }.memoryBytes < plan.memoryBytes)
    }

    @Test func settingsThatDoNotFitAreNamed() throws {
        let cases: [(String, (inout TrainingConfiguration) -> Void)] = [
            ("--windows-per-question is 0; it must be 1 or more", { $0.windowsPerQuestion = 0 }),
            ("--batch-size is 4; it must be at least 6", { $0.windowsPerQuestion = 3 }),
            ("--batch-size is 4; it must be at least 16", { $0.windowsPerQuestion = nil }),
        ]
        for (words, change) in cases {
            var configuration = configuration
            change(&configuration)
            let text = "\(try run.error(configuration))"
            #expect(text.contains(words), "\(text)")
        }
        let result = try TinyRun.runProgram(
            run.arguments(output: run.output) + ["--span-normalization", "paragraph"]
        )
        #expect(result.status == 64 && result.said.contains("paragraph"), "\(result.said)")
    }

    /// A configuration from before there was a choice.
    @Test func olderRunsNormaliseOverWindows() throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(run.configuration))
                as? [String: Any]
        )
        #expect(object.removeValue(forKey: "spanNormalization") as? String == "window")
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == run.configuration)
    }
}
