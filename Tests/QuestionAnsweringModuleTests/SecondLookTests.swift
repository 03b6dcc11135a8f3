import BlockSkimModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// Dropped blocks that go on after all, on a tiny checkpoint with formula weights.
@Suite("A second look")
struct SecondLookTests {
    private static let context = QuestionAnswererTests.context
    private static let questions = QuestionAnswererTests.questions
    /// Drops some blocks of most windows, and all blocks of some.
    private static let policies = [
        SkimPolicy(thresholds: [1: 0.5], minimumKeptBlocks: 1),
        SkimPolicy(thresholds: [1: 0.5, 2: 0.4], minimumKeptBlocks: 0),
        SkimPolicy(thresholds: [1: 0.5, 2: 0.5], minimumKeptBlocks: 1, skippedPositions: .excluded),
    ]
    private static let bestFirst = BestFirstReading(
        windowLength: 48,
        overlap: 8,
        windowsPerRound: 2,
        maximumWindows: 3,
        policy: policies[1]
    )

    private static func settings(
        _ skimming: Skimming,
        score: Double?,
        reading: Reading = .all
    ) -> QuestionAnswerer.Settings {
        var settings = QuestionAnswererTests.settings(skimming)
        settings.secondLookScore = score
        settings.reading = reading
        return settings
    }

    private static func answered(
        _ answerer: QuestionAnswerer,
        _ question: String,
        _ settings: QuestionAnswerer.Settings
    ) throws -> AnsweredQuestion {
        let request = QuestionAnswerer.Request(question: question, document: try answerer.document(context))
        return try answerer.answers([request], settings: settings)[0].get()
    }

    @Test("a score below all logits changes nothing", arguments: policies)
    func endlessNegative(policy: SkimPolicy) throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        for question in Self.questions {
            for reading in [Reading.all, .bestFirst(Self.bestFirst)] {
                func report(_ score: Double?) throws -> AnswerReport {
                    let settings = Self.settings(.policy(policy), score: score, reading: reading)
                    return QuestionAnswererTests.untimed(
                        try Self.answered(answerer, question, settings).report
                    )
                }
                #expect(try report(-.infinity) == report(nil))
                #expect(try report(-.infinity).skim?.secondLooks == nil)
            }
        }
    }

    @Test("an endless score gives a dense run to the last bit, and counts what it took", arguments: policies)
    func endless(policy: SkimPolicy) throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        var lookedAgain = 0
        for question in Self.questions {
            func run(_ skimming: Skimming, _ score: Double?) throws -> AnsweredQuestion {
                try Self.answered(answerer, question, Self.settings(skimming, score: score))
            }
            let once = try run(.policy(policy), nil)
            let twice = try run(.policy(policy), .infinity)
            let dense = try run(.dense, nil)
            #expect(twice.report.diagnostics == dense.report.diagnostics)
            #expect(twice.decoded == dense.decoded)
            #expect(twice.report.skim?.keptFraction == 1)
            for (first, second) in zip(once.windows, twice.windows) {
                guard !first.trace.droppedPositions.isEmpty else {
                    #expect(second.firstTrace == nil && second.secondLookLayerTokens == 0)
                    continue
                }
                lookedAgain += 1
                #expect(second.firstTrace == first.trace)
                #expect(second.secondLookLayerTokens == 2 * second.trace.tokens)
                #expect(second.layerTokens == first.layerTokens + 2 * second.trace.tokens)
            }
            #expect(
                twice.report.skim?.secondLooks
                    == once.windows.count { !$0.trace.droppedPositions.isEmpty }
            )
        }
        #expect(lookedAgain > Self.questions.count)
    }

    @Test("looks again when the best span is below the score, and only then", arguments: policies)
    func score(policy: SkimPolicy) throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        let document = try answerer.document("Baked by two sisters.")
        func answered(_ question: String, _ score: Double) throws -> AnsweredQuestion {
            let request = QuestionAnswerer.Request(question: question, document: document)
            var settings = Self.settings(.policy(policy), score: score)
            settings.windows.maximumLength = 64
            return try answerer.answers([request], settings: settings)[0].get()
        }
        var scores: Set<Double> = []
        for question in Self.questions {
            let once = try answered(question, -.infinity)
            guard once.windows.count == 1, !once.windows[0].trace.droppedPositions.isEmpty else { continue }
            let best = once.decoded.nBest[0]
            let score = Double(best.startLogit + best.endLogit)
            scores.insert(score)
            #expect(try answered(question, score).windows[0].firstTrace == nil)
            #expect(try answered(question, score.nextUp).windows[0].firstTrace != nil)
        }
        #expect(scores.count > 1)
    }

    @Test(
        "a question answered together with others gets the bits that it gets alone",
        arguments: [1, 2, 5, 64]
    )
    func batchGivesTheAnswersOfSingleCalls(batchSize: Int) throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let single = try QuestionAnswererTests.answerer(checkpoint)
        let batching = try QuestionAnswererTests.answerer(checkpoint, batchSize: batchSize)
        let documents = try [Self.context, "Only a few words.", String(Self.context.reversed())]
            .map(batching.document)
        let asked = Self.questions.flatMap { question in documents.map { (question, $0) } }
        var looks: [Bool] = []
        for reading in [Reading.all, .bestFirst(Self.bestFirst)] {
            var settings = Self.settings(.policy(Self.policies[1]), score: nil, reading: reading)
            // What half of the questions do not reach.
            let scores = try asked.compactMap { question, document in
                try single.answer(question: question, document: document, settings: settings).answers.first
                    .map { Double($0.startLogit + $0.endLogit) }
            }
            settings.secondLookScore = scores.sorted()[scores.count / 2]
            let together = try batching.answer(asked, settings: settings)
            for ((question, document), result) in zip(asked, together) {
                let alone = try single.answer(question: question, document: document, settings: settings)
                #expect(
                    try QuestionAnswererTests.untimed(result.get()) == QuestionAnswererTests.untimed(alone)
                )
                looks.append(alone.skim?.secondLooks != nil)
            }
        }
        #expect(Set(looks) == [true, false])
    }

    @Test("a question without time left is not looked at again")
    func budget() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        var settings = Self.settings(.asConfigured, score: .infinity, reading: .bestFirst(Self.bestFirst))
        #expect(try Self.answered(answerer, Self.questions[0], settings).report.skim?.secondLooks != nil)
        settings.budget = .zero
        let report = try Self.answered(answerer, Self.questions[0], settings).report
        #expect(report.skim?.secondLooks == nil)
        #expect(report.reading.stopped == .budget)
    }

    @Test("no number is no score")
    func notANumber() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        #expect(throws: QuestionAnsweringError.self) {
            try Self.answered(answerer, "why?", Self.settings(.asConfigured, score: .nan))
        }
        #expect(throws: QuestionAnsweringError.self) {
            var policy = Self.policies[0]
            policy.secondLookScore = .nan
            _ = try Self.answered(answerer, "why?", Self.settings(.policy(policy), score: nil))
        }
    }
}
