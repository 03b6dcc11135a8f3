import BlockSkimModule
import EncoderModule
import Foundation
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

    /// What a promise on single passages costs says nothing of documents: these have a calibration of their own.
    @Test func documentsAreReadAsTheirOwnCalibrationAllows() throws {
        let checkpoint = try FormulaCheckpoint.skimming(frontier: Self.frontier)
        let readings = [2, 4, 8].map { BestFirstReading(maximumWindows: $0) }
        let points = zip(readings, [70.0, 71, 71.5]).map { reading, f1 in
            ReadingFrontier.Point(reading: reading, f1: f1, tokens: f1, windows: 1)
        }
        let path = checkpoint.path + "/" + SkimConfiguration.fileName
        var file = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        )
        func json(_ value: some Encodable) throws -> Any {
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
        }
        file["documents"] = try json(BestFirstReading(maximumWindows: 5))
        let frontier = ReadingFrontier(questions: 9, measured: points)
        file["document_calibration"] = try json(frontier)
        try JSONSerialization.data(withJSONObject: file).write(to: URL(filePath: path))
        #expect(try ReadingFrontier(ifPresentIn: checkpoint.path) == frontier)

        let model = try QuestionAnswererTests.answerer(checkpoint).model
        func limit(_ skimming: Skimming) throws -> Int? {
            try model.bestFirst(for: .init(skimming: skimming))?.maximumWindows
        }
        #expect(try limit(.asConfigured) == 5)
        #expect(try limit(.maximumF1Loss(0.1)) == 8)
        #expect(try limit(.maximumF1Loss(0.5)) == 4)
        #expect(try limit(.maximumF1Loss(2)) == 2)
        #expect(throws: QuestionAnsweringError.maximumF1LossNegative(-1)) { try limit(.maximumF1Loss(-1)) }

        file["document_calibration"] = "none"
        try JSONSerialization.data(withJSONObject: file).write(to: URL(filePath: path))
        #expect(throws: QuestionAnsweringError.self) { try QuestionAnswererTests.answerer(checkpoint) }
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
