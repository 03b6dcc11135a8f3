import BlockSkimModule
import EncoderModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// Layer and threshold chosen from what calibration measured.
@Suite struct MaximumF1LossTests {
    /// Not in the order of their speed.
    private static let frontier = [
        FrontierPoint(layers: [3, 2], threshold: 0.75, f1Loss: 1.5, speedup: 1.5),
        FrontierPoint(layers: [3], threshold: 0.5, f1Loss: 0.1, speedup: 1.1),
        FrontierPoint(layers: [1], threshold: 0.25, f1Loss: 3, speedup: 1.9),
    ]

    private func skimming(
        of frontier: [FrontierPoint]? = Self.frontier,
        maximumF1Loss: Double
    ) throws -> SkimPolicy? {
        let checkpoint = try FormulaCheckpoint.skimming(frontier: frontier)
        return try QuestionAnswererTests.answerer(checkpoint).model.policy(for: .maximumF1Loss(maximumF1Loss))
    }

    @Test(arguments: [(0.1, [3]), (1.4, [3]), (1.5, [2, 3]), (2.9, [2, 3]), (3, [1]), (.infinity, [1])])
    func takesTheFastestThatLosesAtMostSoMuch(loss: Double, layers: [Int]) throws {
        let skimming = try #require(try skimming(maximumF1Loss: loss))
        let point = try #require(Self.frontier.first { $0.layers.sorted() == layers })
        let expected = Dictionary(uniqueKeysWithValues: layers.map { ($0, point.threshold) })
        #expect(skimming.thresholds == expected)
    }

    @Test func skimsWhereItSays() throws {
        let checkpoint = try FormulaCheckpoint.skimming(frontier: Self.frontier)
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        func report(_ skimming: Skimming) throws -> AnswerReport {
            let report = try answerer.answer(
                question: "When was it opened?",
                context: QuestionAnswererTests.context,
                settings: QuestionAnswererTests.settings(skimming)
            )
            return QuestionAnswererTests.untimed(report)
        }
        let chosen = try report(.maximumF1Loss(2))
        #expect(try chosen == report(.adjusted(skimLayers: [2, 3], skipThresholds: [0.75])))
        #expect(try chosen.skim != report(.asConfigured).skim)
    }

    @Test(arguments: [0, 0.09]) func runsDenseWhenAllLoseMore(loss: Double) throws {
        #expect(try skimming(maximumF1Loss: loss) == nil)
    }

    @Test func runsDenseWhenNoneIsFaster() throws {
        let slow = [FrontierPoint(layers: [3], threshold: 1, f1Loss: 0, speedup: 0.98)]
        #expect(try skimming(of: slow, maximumF1Loss: 1) == nil)
        #expect(try skimming(of: [], maximumF1Loss: 1) == nil)
    }

    @Test func rejectsACheckpointThatWasNotCalibrated() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        #expect(throws: QuestionAnsweringError.notCalibrated(directory: checkpoint.path)) {
            try QuestionAnswererTests.answerer(checkpoint).model.policy(for: .maximumF1Loss(1))
        }
    }

    @Test func rejectsADenseCheckpoint() throws {
        let checkpoint = try FormulaCheckpoint()
        try TinyVocabulary.write(to: checkpoint.path)
        #expect(throws: QuestionAnsweringError.denseCheckpoint(directory: checkpoint.path)) {
            try QuestionAnswererTests.answerer(checkpoint).model.policy(for: .maximumF1Loss(1))
        }
    }

    @Test func rejectsALossBelowZero() {
        #expect(throws: QuestionAnsweringError.maximumF1LossNegative(-0.5)) {
            try skimming(maximumF1Loss: -0.5)
        }
        #expect(throws: QuestionAnsweringError.self) { try skimming(maximumF1Loss: .nan) }
    }

    @Test func rejectsAFrontierThatTheModelCannotRun() {
        for point in [
            FrontierPoint(layers: [4], threshold: 0.5, f1Loss: 0, speedup: 2),
            FrontierPoint(layers: [1], threshold: 1.5, f1Loss: 0, speedup: 2),
        ] {
            #expect {
                try skimming(of: [point], maximumF1Loss: 1)
            } throws: { error in
                guard case .blockSkim(.invalidSetting) = error as? QuestionAnsweringError else {
                    return false
                }
                return true
            }
        }
    }
}
