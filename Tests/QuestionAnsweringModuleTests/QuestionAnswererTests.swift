import BlockSkimModule
import Foundation
import TensorModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// The whole way from text to answers on a tiny checkpoint with formula weights: what the answers are means nothing, that
/// they agree does.
@Suite struct QuestionAnswererTests {
    static let context = """
        The café stood by the river. It was opened in 1921 by two sisters, who baked bread at night; \
        at noon the workers came (there were ninety of them) and ate soup. 日本 was far away. In 1950 it burnt down, \
        and nobody knew why.
        """
    static let questions = [
        "When was it opened?", "who baked?", "  What did the workers eat at noon?", "where", "Why?",
    ]
    /// Windows of 48 tokens, of which there are several.
    static let settings = QuestionAnswerer.Settings(
        windows: WindowSettings(maximumLength: 48, advance: .overlap(8)),
        diagnostics: true
    )

    static func answerer(
        _ checkpoint: FormulaCheckpoint,
        threads: Int = 1,
        batchSize: Int = 1
    ) throws -> QuestionAnswerer {
        try QuestionAnswerer(
            model: checkpoint.path,
            options: ModelOptions(
                threads: #require(ThreadBudget(threads: threads)),
                batchSize: batchSize
            )
        )
    }

    /// The same with another way to skim.
    static func settings(_ skimming: Skimming) -> QuestionAnswerer.Settings {
        var settings = settings
        settings.skimming = skimming
        return settings
    }

    /// A report without what differs from run to run.
    static func untimed(_ report: AnswerReport) -> AnswerReport {
        var report = report
        report.milliseconds = .init(tokenize: 0, encode: 0, decode: 0)
        return report
    }

    @Test func answersAreSlicesOfTheContext() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try Self.answerer(checkpoint)
        var settings = Self.settings
        settings.decoding.answerCount = 5
        let scalars = Array(Self.context.unicodeScalars)
        for question in Self.questions {
            let report = try answerer.answer(question: question, context: Self.context, settings: settings)
            #expect(report.answers.count == 5)
            #expect(report.question == question)
            for answer in report.answers {
                let slice = String(String.UnicodeScalarView(scalars[answer.start..<answer.end]))
                #expect(Array(slice.unicodeScalars) == Array(answer.text.unicodeScalars))
                #expect((0...1).contains(answer.score))
            }
        }
    }

    @Test(arguments: [Skimming.asConfigured, .dense], [2, 3, 64])
    func batchGivesTheAnswersOfSingleCalls(skimming: Skimming, batchSize: Int) throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let single = try Self.answerer(checkpoint)
        let batching = try Self.answerer(checkpoint, batchSize: batchSize)
        let settings = Self.settings(skimming)
        let alone = try Self.questions.map {
            Self.untimed(try single.answer(question: $0, context: Self.context, settings: settings))
        }
        let short = try batching.document("Only a few words.")
        let long = try batching.document(Self.context)
        let together = try batching.answer(
            Self.questions.map { ($0, long) } + [("what?", short)],
            settings: settings
        )
        #expect(try together.dropLast().map { Self.untimed(try $0.get()) } == alone)
        let last = try single.answer(question: "what?", document: short, settings: settings)
        #expect(try Self.untimed(#require(together.last).get()) == Self.untimed(last))
    }

    @Test func badQuestionOfABatchFailsAlone() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try Self.answerer(checkpoint, batchSize: 4)
        let document = try answerer.document(Self.context)
        let tooLong = String(repeating: "why ", count: 50)
        let results = try answerer.answer(
            [("who?", document), (" \n", document), (tooLong, document), ("when?", document)],
            settings: Self.settings
        )
        #expect(throws: Never.self) { try results[0].get() }
        #expect(throws: QuestionAnsweringError.emptyQuestion) { try results[1].get() }
        #expect(
            throws: QuestionAnsweringError.questionFillsWindow(
                questionTokenCount: 150,
                maximumLength: 48,
                specialTokenCount: 3
            )
        ) { try results[2].get() }
        let alone = try answerer.answer(question: "when?", document: document, settings: Self.settings)
        #expect(try Self.untimed(results[3].get()) == Self.untimed(alone))
    }

    @Test func threadsChangeNothingButRounding() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let one = try Self.answerer(checkpoint)
        for threads in 2...3 {
            let more = try Self.answerer(checkpoint, threads: threads)
            for question in Self.questions {
                let expected = try one.answer(
                    question: question,
                    context: Self.context,
                    settings: Self.settings
                )
                let found = try more.answer(
                    question: question,
                    context: Self.context,
                    settings: Self.settings
                )
                #expect(found.answers.map(\.text) == expected.answers.map(\.text))
                #expect(found.skim?.blocks.map(\.kept) == expected.skim?.blocks.map(\.kept))
                for (window, other) in zip(
                    try #require(expected.diagnostics).windows,
                    try #require(found.diagnostics).windows
                ) {
                    #expect(
                        difference(other.startLogits, window.startLogits, absolute: 1e-5, relative: 1e-5)
                            == nil
                    )
                }
            }
        }
    }

    @Test func concurrentCallersGetTheSameAnswers() async throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try Self.answerer(checkpoint, threads: 2)
        let expected = try Self.questions.map {
            Self.untimed(try answerer.answer(question: $0, context: Self.context, settings: Self.settings))
        }
        try await withThrowingTaskGroup(of: (Int, AnswerReport).self) { group in
            for round in 0..<4 * Self.questions.count {
                group.addTask {
                    let index = round % Self.questions.count
                    let report = try answerer.answer(
                        question: Self.questions[index],
                        context: Self.context,
                        settings: Self.settings
                    )
                    return (index, Self.untimed(report))
                }
            }
            for try await (index, report) in group { #expect(report == expected[index]) }
        }
    }

    @Test func reportSaysWhatWasSkimmed() throws {
        let checkpoint = try FormulaCheckpoint.skimming(skimLayers: "[1, 2]")
        let answerer = try Self.answerer(checkpoint)
        let report = try answerer.answer(
            question: "When was it opened?",
            context: Self.context,
            settings: Self.settings
        )
        let skim = try #require(report.skim)
        #expect(skim.layers == [1, 2])
        #expect(skim.keptFraction > 0 && skim.keptFraction < 1)
        #expect(skim.blocks.contains { $0.kept } && skim.blocks.contains { !$0.kept })
        for window in 0..<report.windows {
            let blocks = skim.blocks.filter { $0.window == window }
            // Blocks tile the text of the window: each starts where the one before ended, but for white space.
            for (block, next) in zip(blocks, blocks.dropFirst()) {
                #expect(block.end <= next.start && next.start - block.end <= 1)
            }
        }
        #expect(skim.blocks.first?.start == 0)
        #expect(skim.blocks.last?.end == Self.context.unicodeScalars.count)
    }

    @Test func keepingEveryBlockEqualsTheDenseModel() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try Self.answerer(checkpoint)
        let keeping = Self.settings(.adjusted(skimLayers: [1, 3], skipThresholds: [1]))
        for question in Self.questions {
            let expected = try answerer.answer(
                question: question,
                context: Self.context,
                settings: Self.settings(.dense)
            )
            let found = try answerer.answer(question: question, context: Self.context, settings: keeping)
            #expect(found.diagnostics == expected.diagnostics)
            #expect(found.answers == expected.answers)
            #expect(found.skim?.keptFraction == 1)
            #expect(expected.skim == nil)
        }
    }

    @Test func excludedBlocksHoldNoAnswer() throws {
        let checkpoint = try FormulaCheckpoint.skimming(skipped: "excluded")
        let answerer = try Self.answerer(checkpoint)
        var settings = Self.settings
        settings.decoding.answerCount = 10
        settings.decoding.maximumAnswerLength = 1
        settings.windows = WindowSettings(maximumLength: 64, advance: .overlap(0))
        for question in Self.questions {
            let report = try answerer.answer(question: question, context: Self.context, settings: settings)
            let dropped = try #require(report.skim).blocks.filter { !$0.kept }
            #expect(!dropped.isEmpty)
            for answer in report.answers {
                #expect(!dropped.contains { $0.start <= answer.start && answer.end <= $0.end })
            }
        }
    }

    @Test func rejectsSkimOptionsForADenseCheckpoint() throws {
        let checkpoint = try FormulaCheckpoint()
        try TinyVocabulary.write(to: checkpoint.path)
        #expect(throws: QuestionAnsweringError.denseCheckpoint(directory: checkpoint.path)) {
            try Self.answerer(checkpoint).model.policy(for: .adjusted(skimLayers: [1], skipThresholds: []))
        }
        #expect(try Self.answerer(checkpoint).model.policy(for: .asConfigured) == nil)
    }

    @Test func rejectsSkimLayersThatTheModelLacks() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let model = try Self.answerer(checkpoint).model
        #expect(throws: QuestionAnsweringError.self) {
            try model.policy(for: .adjusted(skimLayers: [4], skipThresholds: []))
        }
        #expect(throws: QuestionAnsweringError.self) {
            try model.policy(for: .adjusted(skimLayers: nil, skipThresholds: [1.5]))
        }
        let mismatch = QuestionAnsweringError.thresholdCountMismatch(
            layers: [1, 2, 3],
            thresholds: [0.5, 0.6]
        )
        #expect(throws: mismatch) {
            try model.policy(for: .adjusted(skimLayers: [1, 2, 3], skipThresholds: [0.5, 0.6]))
        }
    }

    @Test func rejectsATokenizerOfAnotherModel() throws {
        var sizes = FormulaCheckpoint.Sizes()
        sizes.vocabulary = 50
        let checkpoint = try FormulaCheckpoint(sizes: sizes)
        try TinyVocabulary.write(to: checkpoint.path)
        #expect(
            throws: QuestionAnsweringError.vocabularyMismatch(
                directory: checkpoint.path,
                tokenizer: TinyVocabulary.tokens.count,
                embeddings: 50
            )
        ) { try Self.answerer(checkpoint) }
    }

    @Test func rejectsABatchOfNothing() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        #expect(throws: QuestionAnsweringError.batchSizeNotPositive(0)) {
            try Self.answerer(checkpoint, batchSize: 0)
        }
    }

    @Test func progressCountsEveryWindowOnce() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try Self.answerer(checkpoint, batchSize: 2)
        let document = try answerer.document(Self.context)
        var finished: [Int] = []
        let results = try answerer.answers(
            [.init(question: "who?", document: document)],
            settings: Self.settings
        ) { done, wanted in
            finished.append(done)
            #expect(done <= wanted)
        }
        let windows = try results[0].get().report.windows
        #expect(windows > 3)
        #expect(finished == Array(stride(from: 2, to: windows, by: 2)) + [windows])
    }
}
