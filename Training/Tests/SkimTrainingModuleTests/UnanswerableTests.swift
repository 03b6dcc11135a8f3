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
        try Self.flagEveryThird(of: run.data)
    }

    /// Every third question of a file loses its answer, and all say whether they have one.
    static func flagEveryThird(of path: String) throws {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        )
        var articles = try #require(object["data"] as? [[String: Any]])
        var paragraphs = try #require(articles[0]["paragraphs"] as? [[String: Any]])
        for index in paragraphs.indices {
            var questions = try #require(paragraphs[index]["qas"] as? [[String: Any]])
            questions[0]["is_impossible"] = index % 3 == 0
            if index % 3 == 0 { questions[0]["answers"] = [[String: Any]]() }
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
