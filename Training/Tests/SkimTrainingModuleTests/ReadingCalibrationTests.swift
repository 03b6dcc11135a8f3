import BlockSkimModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct ReadingCalibrationTests {
    private let trace = ReadingTrace(
        windows: [
            .init(promise: 9, score: 2, f1: 10, layerTokens: 100),
            .init(promise: 6, score: 8, f1: 100, layerTokens: 60),
            .init(promise: 5, score: nil, f1: 0, layerTokens: 40),
            .init(promise: 1, score: 9, f1: 30, layerTokens: 50),
        ],
        next: 0.5
    )

    private func reading(
        _ windowsPerRound: Int = 1,
        limit: Int = 4,
        weight: Double = 0,
        margin: Double? = nil
    ) -> BestFirstReading {
        BestFirstReading(
            windowsPerRound: windowsPerRound,
            maximumWindows: limit,
            promiseWeight: weight,
            stopMargin: margin
        )
    }

    private func expect(
        _ reading: BestFirstReading,
        f1: Double,
        tokens: Int,
        windows: Int,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let outcome = trace.outcome(reading)
        #expect(outcome == (f1, tokens, windows), sourceLocation: location)
    }

    @Test func readsToTheLimit() {
        expect(reading(limit: 1), f1: 10, tokens: 100, windows: 1)
        expect(reading(limit: 3), f1: 100, tokens: 200, windows: 3)
        expect(reading(limit: 9), f1: 30, tokens: 250, windows: 4)
        expect(reading(3, limit: 2), f1: 100, tokens: 160, windows: 2)
    }

    @Test func thePromiseCounts() {
        // 2 + 9, 8 + 6, 9 + 1.
        expect(reading(weight: 1), f1: 100, tokens: 250, windows: 4)
        // 2 + 27, 8 + 18, 9 + 3.
        expect(reading(weight: 3), f1: 10, tokens: 250, windows: 4)
    }

    @Test func stopsAheadOfTheNextPromise() {
        // After one window 2 + 9 against 6, after two 8 + 6 against 5.
        expect(reading(weight: 1, margin: 5), f1: 10, tokens: 100, windows: 1)
        expect(reading(weight: 1, margin: 5.5), f1: 100, tokens: 160, windows: 2)
        expect(reading(2, weight: 1, margin: 5), f1: 100, tokens: 160, windows: 2)
        expect(reading(weight: 1, margin: 100), f1: 100, tokens: 250, windows: 4)
    }

    @Test func frontierHoldsWhatNothingBeats() {
        func point(_ tokens: Double, _ f1: Double) -> ReadingFrontier.Point {
            .init(reading: reading(), f1: f1, tokens: tokens, windows: 1)
        }
        let points = [point(300, 70), point(100, 60), point(200, 60), point(250, 72), point(100, 50)]
        let frontier = ReadingFrontier(questions: 5, measured: points)
        #expect(frontier.points.map(\.tokens) == [100, 250])
        #expect(frontier.cheapest(maximumF1Loss: 11.9)?.tokens == 250)
        #expect(frontier.cheapest(maximumF1Loss: 12)?.tokens == 100)
        #expect(frontier.cheapest(maximumF1Loss: -1) == nil)
        let near = ReadingFrontier(questions: 5, measured: [point(1, 50), point(2, 50.05), point(3, 50.12)])
        #expect(near.thinned(keeping: near.points[0]).points.map(\.tokens) == [1, 3])
        #expect(near.thinned(keeping: near.points[2]).points.map(\.tokens) == [1, 3])
        #expect(near.thinned(keeping: near.points[1]).points.map(\.tokens) == [2, 3])
    }

    /// What is worked out from one run of each way is what the setting gives when it is run, with dropped tokens as the model
    /// treats them.
    @Test(arguments: [SkippedPositions.forwarded, .excluded])
    func theChosenSettingGivesWhatWasWorkedOut(_ skippedPositions: SkippedPositions) throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        configuration.skippedPositions = skippedPositions.rawValue
        _ = try Trainer(configuration, options: run.options).run()
        let model = run.output + "/model"
        let documents = run.path + "/long.json"
        try longDocuments(from: run.data, to: documents)

        var settings = ReadingCalibration.Settings()
        settings.model = model
        settings.dev = [documents]
        settings.layers = [[1]]
        settings.thresholds = [0.45, 0.5, 0.55]
        settings.windowLengths = [32]
        settings.overlap = 4
        settings.windowsPerRound = [1, 2]
        settings.maximumWindows = 4
        let findings = try ReadingCalibration(settings).run()
        #expect(findings.frontier.questions > 0)
        #expect(findings.frontier.points.contains { $0.reading == findings.chosen.reading })
        let policies = findings.frontier.points.compactMap(\.reading.policy)
        #expect(!policies.isEmpty && policies.allSatisfy { $0.skippedPositions == skippedPositions })
        let written = try #require(try ReadingFrontier(ifPresentIn: model))
        #expect(written.points.contains(findings.chosen))
        #expect(written.points.allSatisfy(findings.frontier.points.contains))

        let answerer = try QuestionAnswerer(model: model)
        #expect(answerer.model.documents == findings.chosen.reading)
        let evaluation = ModelEvaluation(files: [documents], windows: WindowSettings())
        let items = try evaluation.sets(answerer).flatMap(\.items)
        for point in findings.frontier.points {
            var (score, layerTokens, windows) = (AnswerScoreAccumulator(), 0, 0)
            let answering = DatasetAnswering(
                answerer: answerer,
                settings: QuestionAnswerer.Settings(reading: .bestFirst(point.reading))
            )
            try answering.answer(items) { event in
                guard case .answered(let answered) = event else { return }
                score.add(answered.example, prediction: answered.prediction)
                for (result, _) in answered.windows {
                    layerTokens += result.trace.layerTokens(layerCount: answerer.model.encoder.layerCount)
                }
                windows += answered.windows.count
            }
            let count = Double(items.count)
            #expect(abs(try score.scores().f1 - point.f1) < 1e-9)
            #expect(abs(Double(windows) / count - point.windows) < 1e-9)
            let tokens = Double(layerTokens) / count / Double(answerer.model.encoder.layerCount)
            #expect(abs(tokens - point.tokens) < 1e-9)
        }
    }

    @Test func documentsOfOneWindowAreRefused() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        var settings = ReadingCalibration.Settings()
        settings.model = run.output + "/model"
        settings.dev = [run.data]
        #expect {
            try ReadingCalibration(settings).run()
        } throws: {
            "\($0)".contains("none of its documents needs more than one window; give longer ones")
        }
    }

    /// Contexts of so many copies of their own text that no window of the model holds them.
    private func longDocuments(from source: String, to target: String) throws {
        let data = try Data(contentsOf: URL(filePath: source))
        var file = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        var articles = try #require(file["data"] as? [[String: Any]])
        for index in articles.indices {
            var paragraphs = try #require(articles[index]["paragraphs"] as? [[String: Any]])
            for paragraph in paragraphs.indices {
                let context = try #require(paragraphs[paragraph]["context"] as? String)
                let copies = Array(repeating: context, count: 40)
                paragraphs[paragraph]["context"] = copies.joined(separator: "\n\n")
            }
            articles[index]["paragraphs"] = paragraphs
        }
        file["data"] = articles
        try JSONSerialization.data(withJSONObject: file).write(to: URL(filePath: target))
    }
}
