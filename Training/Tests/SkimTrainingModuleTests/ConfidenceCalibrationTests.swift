import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import Testing

@testable import SkimTrainingModule

@Suite(.serialized)
struct ConfidenceCalibrationTests {
    private let run: TinyRun
    private let settings: Calibration.Settings

    init() throws {
        run = try TinyRun(questions: 40)
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        var settings = Calibration.Settings()
        settings.model = run.output + "/model"
        settings.dev = [run.data]
        settings.windows = configuration.windowSettings
        self.settings = settings
    }

    private func file() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: settings.model + "/blockskim.json"))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func writesAMapThatLoadsAndNothingElse() throws {
        let before = try file()
        let findings = try ConfidenceCalibration(settings).run()
        var after = try file()
        #expect(after.removeValue(forKey: "confidence") != nil)
        #expect(NSDictionary(dictionary: after) == NSDictionary(dictionary: before))
        let model = try QuestionAnsweringModel(directory: settings.model)
        #expect(model.confidence == findings.map)
        // No question is flagged.
        #expect(findings.map.noAnswer == nil)
        #expect(findings.map.measured?.questions == 20 && findings.reliability.count == 20)
        #expect(findings.map.measured?.calibrationError == findings.reliability.expectedCalibrationError)
        // The same again, though the model has a map now; another seed takes other questions.
        #expect(try ConfidenceCalibration(settings).run().map == findings.map)
        #expect(try ConfidenceCalibration(settings, seed: 1).run().map != findings.map)
    }

    @Test func learnsFromFlaggedQuestionsWhenThereIsNoAnswer() throws {
        try UnanswerableTests.flag(every: 3, of: run.data)
        let plain = run.path + "/plain.json"
        try TinyRun.squad(questions: 10).write(toFile: plain, atomically: true, encoding: .utf8)
        var settings = settings
        settings.dev.append(plain)
        let findings = try ConfidenceCalibration(settings).run()
        let noAnswer = try #require(findings.map.noAnswer)
        #expect((0...1).contains(noAnswer.threshold))
        #expect(findings.sets.map(\.rules) == [.squad2, .answerable])
        #expect(findings.sets.map(\.reliability.count) == [20, 5] && findings.reliability.count == 25)
        #expect(findings.sets.allSatisfy { $0.refused.map { (0...1).contains($0) } ?? false })
        // What is said of the half that measures is what evaluate says of those questions: here, of all of them.
        let all = try evaluated()
        let judged = try judgedByHand(findings.map)
        #expect(all.reliability == Reliability(judged))
    }

    /// Data sets without flags keep the map from refusing what can be answered.
    @Test func learnsFromQuestionsWithoutFlagsThatTheyHaveAnAnswer() throws {
        let plain = run.path + "/plain.json"
        try FileManager.default.copyItem(atPath: run.data, toPath: plain)
        try UnanswerableTests.flag(every: 2, of: run.data)
        /// The mean P(no answer) of the questions, of which half have one.
        func probability(_ dev: [String]) throws -> Double {
            var settings = settings
            settings.dev = dev
            let map = try ConfidenceCalibration(settings).run().map
            var probabilities: [Double] = []
            try answer(.never, QuestionAnswerer(model: settings.model)) {
                if let none = map.noAnswerProbability(best: $0.features) { probabilities.append(none) }
            }
            return probabilities.reduce(0, +) / Double(probabilities.count)
        }
        let alone = try probability([run.data])
        #expect(abs(alone - 0.5) < 0.2)
        // A sixth has no answer.
        #expect(try abs(probability([run.data, plain, plain]) - 1 / 6) < 0.1)
    }

    /// What `blockskim evaluate` reports of the flagged file.
    private func evaluated() throws -> EvaluationReport {
        let answerer = try QuestionAnswerer(model: settings.model)
        var evaluation = Evaluation(confidence: try #require(answerer.model.confidence?.noAnswer))
        try answer(.asConfigured, answerer) { evaluation.add($0) }
        return try evaluation.report()
    }

    private func judgedByHand(_ map: ConfidenceMap) throws -> [JudgedAnswer] {
        var set = JudgedSet(file: run.data, rules: .squad2, answers: [])
        try answer(.never, QuestionAnswerer(model: settings.model)) { set.answers.append(JudgedSpan($0)) }
        return set.judged(by: map)
    }

    private func answer(
        _ noAnswer: DecodingSettings.NoAnswer,
        _ answerer: QuestionAnswerer,
        _ body: (AnsweredExample) -> Void
    ) throws {
        let settings = QuestionAnswerer.Settings(
            windows: settings.windows,
            decoding: DecodingSettings(noAnswer: noAnswer)
        )
        try DatasetAnswering(answerer: answerer, settings: settings).run(DatasetReader(path: run.data)) {
            if case .answered(let answered) = $0 { body(answered) }
        }
    }

    @Test func aModelThatCannotHoldAMapIsRefusedBeforeTheWork() throws {
        var settings = settings
        settings.model = run.path
        #expect(throws: TrainingError.self) { try ConfidenceCalibration(settings).run() }
    }

    /// Weights for features as they are give the probabilities of those for standardised ones.
    @Test func coefficientsAreOfTheFeaturesThemselves() throws {
        var generator = SeededGenerator(seed: 3, name: "coefficients")
        let rows = (0..<60).map { _ in generator.normals(2, deviation: 3).map { $0 + 5 } + [4] }
        let fit = try LogisticRegression(rows: rows, labels: rows.map { $0[0] + $0[1] > 11 })
        let (weights, intercept) = try fit.coefficients()
        for (row, probability) in zip(rows, try fit.probabilities(rows)) {
            let sum = zip(row, weights).reduce(intercept) { $0 + Double($1.0) * $1.1 }
            #expect(abs(1 / (1 + exp(-sum)) - probability) < 1e-9)
        }
    }
}
