import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import Testing

@testable import SkimTrainingModule

/// Questions without an answer are scored by the rules that the data asks for, as `blockskim evaluate` scores them.
struct UnanswerableTests {
    private let run: TinyRun
    init() throws {
        run = try TinyRun()
        try Self.flag(every: 3, of: run.data)
    }

    /// The first question of a file and every so many after it lose their answer, and all say whether they have one.
    static func flag(every stride: Int, of path: String) throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        )
        var articles = try #require(object["data"] as? [[String: Any]])
        var paragraphs = try #require(articles[0]["paragraphs"] as? [[String: Any]])
        for index in paragraphs.indices {
            var questions = try #require(paragraphs[index]["qas"] as? [[String: Any]])
            questions[0]["is_impossible"] = index % stride == 0
            if index % stride == 0 { questions[0]["answers"] = [[String: Any]]() }
            paragraphs[index]["qas"] = questions
        }
        articles[0]["paragraphs"] = paragraphs
        object["data"] = articles
        try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: path))
    }

    @Test func trainerScoresAsEvaluateDoes() throws {
        var configuration = run.configuration
        configuration.devLimit = nil
        _ = try Trainer(configuration, options: run.options).run()
        let scores = try #require(try TinyRun.progress(of: run.output).evaluation)
        #expect(scores.files.map(\.rules) == [.squad2] && scores.questions == 14)

        let answerer = try QuestionAnswerer(model: run.output + "/model")
        var evaluation = Evaluation(rules: .squad2)
        let settings = QuestionAnswerer.Settings(
            windows: configuration.windowSettings,
            decoding: DecodingSettings(noAnswer: .above(threshold: 0)),
            skimming: .dense
        )
        try DatasetAnswering(answerer: answerer, settings: settings).run(DatasetReader(path: run.data)) {
            event in
            if case .answered(let answered) = event { evaluation.add(answered) }
        }
        let expected = try evaluation.report()
        #expect(scores.f1 == expected.f1 && scores.exactMatch == expected.exactMatch)
        // The predictions that are kept are those that were scored.
        let kept = try JSONDecoder().decode(
            [String: String].self,
            from: Data(contentsOf: URL(filePath: run.output + "/predictions-data.json"))
        )
        var rescored = Evaluation(rules: .squad2)
        let reader = try DatasetReader(path: run.data)
        while let item = try reader.next() {
            guard case .passage(let passage) = item else { continue }
            for example in passage.examples { rescored.add(example, prediction: kept[example.id]) }
        }
        #expect(try rescored.report().f1 == scores.f1)
        // An untrained model answers everything and is right about nothing; by the rules of SQuAD 1.1 the unanswerable
        // questions would be worth 0 whatever it says.
        #expect(kept.count == 14)
    }

    /// A model that has learnt that nothing has an answer is right about five of the 14 questions, and by SQuAD 1.1's rules about
    /// none.
    @Test func calibrationScoresAsTheTrainerDoes() throws {
        let impossible = run.path + "/impossible.json"
        try TinyRun.squad(questions: 14).write(toFile: impossible, atomically: true, encoding: .utf8)
        try Self.flag(every: 1, of: impossible)
        var configuration = run.configuration
        configuration.train = [impossible]
        configuration.devLimit = nil
        configuration.epochs = 20
        configuration.learningRate = 5e-3
        var options = run.options
        options.evaluateEvery = 1000
        _ = try Trainer(configuration, options: options).run()
        let scores = try #require(try TinyRun.progress(of: run.output).evaluation)
        #expect(abs(scores.f1 - 500 / 14) < 1e-9 && scores.questions == 14)

        var settings = Calibration.Settings()
        settings.model = run.output + "/model"
        settings.dev = [run.data]
        settings.windows = configuration.windowSettings
        settings.layers = [[1]]
        settings.thresholds = [0.5]
        let speed = SpeedMeasurement(rounds: [1.4, 1.5, 1.3])
        let findings = try Calibration(settings, speeds: { _, _ in speed }).run()
        #expect(findings.frontier.denseF1 == scores.f1 && findings.frontier.questions == 14)
        #expect(
            abs(findings.points[0].f1 - scores.f1) < 1e-9
                && findings.points[0].exactMatch == findings.points[0].f1
        )
    }

    /// Two files of different size weigh the same, and each has its own line.
    @Test func severalFilesHaveFiguresOfTheirOwnAndTheirMean() throws {
        let other = run.path + "/other.json"
        try TinyRun.squad(questions: 4).write(toFile: other, atomically: true, encoding: .utf8)
        var configuration = run.configuration
        configuration.dev.append(other)
        configuration.devLimit = nil
        _ = try Trainer(configuration, options: run.options).run()
        let scores = try #require(try TinyRun.progress(of: run.output).evaluation)
        #expect(
            scores.files.map(\.questions) == [14, 4] && scores.files.map(\.rules) == [.squad2, .answerable]
        )
        #expect(abs(scores.f1 - (scores.files[0].f1 + scores.files[1].f1) / 2) < 1e-9)
        #expect("\(scores)".contains("other.json EM"))
    }
}
