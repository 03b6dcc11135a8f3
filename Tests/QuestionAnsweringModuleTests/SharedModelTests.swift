import BlockSkimModule
import EncoderModule
import TensorModule
import TestSupport
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

/// One model for several answerers, requests with a policy of their own, cancellation.
@Suite struct SharedModelTests {
    private static let question = "What did the workers eat at noon?"

    private func report(
        _ answerer: QuestionAnswerer,
        _ settings: QuestionAnswerer.Settings = QuestionAnswererTests.settings
    ) throws -> AnswerReport {
        QuestionAnswererTests.untimed(
            try answerer.answer(
                question: Self.question,
                context: QuestionAnswererTests.context,
                settings: settings
            )
        )
    }

    @Test func answerersOfOneModelGiveTheSameAnswersAtTheSameTime() async throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let one = try #require(ThreadBudget(threads: 1))
        let model = try QuestionAnsweringModel(directory: checkpoint.path, threads: one)
        let expected = try report(QuestionAnswerer(model, options: ModelOptions(threads: one)))
        try await withThrowingTaskGroup(of: AnswerReport.self) { group in
            for _ in 0..<4 {
                let answerer = try QuestionAnswerer(model, options: ModelOptions(threads: one))
                group.addTask { try report(answerer) }
            }
            for try await found in group { #expect(found == expected) }
        }
    }

    @Test func aRequestBringsItsOwnPolicy() throws {
        let checkpoint = try FormulaCheckpoint.skimming(skimLayers: "[1]")
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let policy = SkimPolicy(thresholds: [2: 0.4, 3: 0.6], minimumKeptBlocks: 0)
        let found = try report(answerer, QuestionAnswererTests.settings(.policy(policy)))
        #expect(found.skim?.layers == [2, 3])
        #expect(try report(answerer).skim?.layers == [1])
        #expect(try report(answerer, QuestionAnswererTests.settings(.dense)).skim == nil)
        #expect(throws: QuestionAnsweringError.self) {
            try report(
                answerer,
                QuestionAnswererTests.settings(.policy(SkimPolicy(layers: [9], threshold: 1)))
            )
        }
    }

    @Test func namesTheLayersWithoutAModule() throws {
        let checkpoint = try FormulaCheckpoint.skimming(skimLayers: "[1]", modules: 2)
        let model = try QuestionAnswererTests.answerer(checkpoint).model
        #expect(model.moduleLayers == [1, 2])
        let missing = QuestionAnsweringError.noBlockSkimModule(
            directory: checkpoint.path,
            layers: [3],
            available: [1, 2]
        )
        #expect(throws: missing) {
            try model.policy(for: .adjusted(skimLayers: [2, 3], skipThresholds: [0.5]))
        }
    }

    @Test func answersSayWhereTheyAreFrom() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        var settings = QuestionAnswererTests.settings
        // So many answers that they are from everywhere.
        settings.decoding.answerCount = 40
        let report = try report(answerer, settings)
        let diagnostics = try #require(report.diagnostics)
        #expect(Set(report.answers.map(\.window)).count > 1)
        #expect(Set(report.answers.map(\.dropped)) == [true, false])
        let blocks = try #require(report.skim).blocks
        for answer in report.answers {
            let window = diagnostics.windows[answer.window]
            #expect(window.startLogits.contains(answer.startLogit))
            #expect(window.endLogits.contains(answer.endLogit))
            let held = blocks.filter {
                $0.window == answer.window && $0.start < answer.end && answer.start < $0.end
            }
            #expect(answer.dropped == held.contains { !$0.kept })
        }
    }

    @Test func answersBelowTheMinimumScoreAreLeftOut() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        var settings = QuestionAnswererTests.settings
        settings.decoding.answerCount = 5
        let all = try report(answerer, settings).answers
        settings.decoding.minimumScore = all[2].score
        #expect(try report(answerer, settings).answers == all.filter { $0.score >= all[2].score })
        settings.decoding.minimumScore = 1
        #expect(try report(answerer, settings).answers.isEmpty)
        settings.decoding.minimumScore = .nan
        #expect(throws: QuestionAnsweringError.self) { try report(answerer, settings) }
    }

    @Test func asynchronousAnswersEqualTheOthers() async throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let expected = try report(answerer)
        try await withThrowingTaskGroup(of: AnswerReport.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await answerer.answer(
                        question: Self.question,
                        context: QuestionAnswererTests.context,
                        settings: QuestionAnswererTests.settings
                    )
                }
            }
            for try await found in group { #expect(QuestionAnswererTests.untimed(found) == expected) }
        }
    }

    @Test func cancellationEndsAnAnswerWithinABatch() async throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let task = Task {
            // The task cancels itself after the first of its windows.
            try answerer.answer(
                question: Self.question,
                context: QuestionAnswererTests.context,
                settings: QuestionAnswererTests.settings
            ) { finished, wanted in
                #expect(finished == 1 && wanted > 1)
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: QuestionAnsweringError.cancelled) { try await task.value }
        let asynchronous = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await answerer.answer(question: Self.question, context: QuestionAnswererTests.context)
        }
        await #expect(throws: QuestionAnsweringError.cancelled) { try await asynchronous.value }
        // The answerer is as good as before.
        #expect(throws: Never.self) { try report(answerer) }
    }

    @Test func aWindowThatCannotBeEncodedFailsItsQuestionAlone() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint, batchSize: 8)
        let good = try answerer.document(QuestionAnswererTests.context)
        let bad = try ContextDocument("odd") { _ in TokenizedText(ids: [1_000_000], offsets: [0..<3]) }
        let results = try answerer.answer(
            [(Self.question, good), (Self.question, bad), ("who?", good)],
            settings: QuestionAnswererTests.settings
        )
        #expect(try QuestionAnswererTests.untimed(results[0].get()) == report(answerer))
        #expect(throws: QuestionAnsweringError.self) { try results[1].get() }
        #expect(throws: Never.self) { try results[2].get() }
    }
}
