import BlockSkimModule
import EncoderModule
import Foundation
import TestSupport
import Testing

@testable import QuestionAnsweringModule

@Suite struct ConfidenceMapTests {
    /// What `Scripts/golden/confidence_golden.py` wrote.
    private struct Golden: Decodable {
        struct Span: Decodable {
            var margin: Double
            var lead: Double?
            var logOdds: Double
            var relevance: Double?
            var windows: Int
            var read: Int
            var noAnswer: Double
            var right: Double
        }

        var map: String
        var spans: [Span]
    }

    private let golden: Golden

    init() throws { golden = try GoldenFiles(.module).decode("confidence.json", as: Golden.self) }

    /// The map of a checkpoint whose `blockskim.json` has this `confidence`.
    private func map(_ json: String) throws -> ConfidenceMap? {
        let checkpoint = try FormulaCheckpoint.skimming(confidence: json)
        return try ConfidenceMap(ifPresentIn: checkpoint.path)
    }

    @Test func probabilitiesAreThoseOfNumPy() throws {
        let map = try #require(try map(golden.map))
        for span in golden.spans {
            let features = ConfidenceFeatures(
                margin: span.margin,
                lead: span.lead,
                logOdds: span.logOdds,
                relevance: span.relevance,
                windows: span.windows,
                read: span.read
            )
            let none = try #require(map.noAnswerProbability(best: features))
            #expect(abs(none - span.noAnswer) < 1e-12)
            let right = map.rightProbability(of: features, noAnswerProbability: none)
            #expect(abs(right - span.right) < 1e-12)
        }
        #expect(map.noAnswerProbability(best: nil) == 1)
    }

    @Test func readsBackWhatItWrites() throws {
        var map = try #require(try map(golden.map))
        map.measured = ConfidenceMap.Measured(questions: 9, calibrationError: 0.25)
        let text = String(decoding: try JSONEncoder().encode(map), as: UTF8.self)
        #expect(try self.map(text) == map)
        map.noAnswer = nil
        let shorter = String(decoding: try JSONEncoder().encode(map), as: UTF8.self)
        #expect(!shorter.contains("no_answer"))
        #expect(try self.map(shorter) == map)
    }

    @Test func modelsWithoutOneHaveNone() throws {
        #expect(try ConfidenceMap(ifPresentIn: FormulaCheckpoint.skimming().path) == nil)
        #expect(try ConfidenceMap(ifPresentIn: FormulaCheckpoint().path) == nil)
    }

    @Test(arguments: [
        (#""lead": 0.125, "#, "", "lacks the key \"confidence.right.lead\""),
        (
            #""threshold": 0.4"#, #""threshold": 1.5"#,
            "confidence.no_answer.threshold is 1.5; it must be from 0 to 1"
        ),
        (#", "threshold": 0.4"#, "", "lacks the key \"confidence.no_answer.threshold\""),
        (
            #""usual_relevance": 1.5"#, #""usual_relevance": 11"#,
            "confidence.usual_relevance is 11.0; it must be from -10 to 10"
        ),
        (
            #""usual_relevance": 1.5"#, #""usual_relevance": "1""#,
            "\"confidence.usual_relevance\" is of another kind"
        ),
        (
            #""intercept": 0.612"#, #""intercept": 1e300"#,
            "confidence.right.intercept is 1e+300; it must be from -1e6 to 1e6"
        ),
    ])
    func aBadSectionIsNamed(from: String, to: String, message: String) throws {
        let changed = golden.map.replacing(from, with: to, maxReplacements: 1)
        try #require(changed != golden.map)
        let checkpoint = try FormulaCheckpoint.skimming(confidence: changed)
        let error = #expect(throws: QuestionAnsweringError.self) {
            try QuestionAnsweringModel(directory: checkpoint.path)
        }
        let text = String(describing: error)
        #expect(text.contains(message) && text.contains("blockskim.json"), "\(text)")
    }

    @Test(arguments: ["3", "[1]", #"{"right": 3}"#])
    func anotherKindIsAnError(json: String) {
        #expect(throws: BlockSkimError.self) { try map(json) }
    }
}

/// Reports of models with and without a map.
@Suite struct ConfidenceReportTests {
    /// P(right) = σ(0.1 m + 0.2 g), and whatever is said of no answer.
    private static func map(_ noAnswer: String = "") -> String {
        """
        {"right": {"intercept": 0, "margin": 0.1, "lead": 0.2, "log_odds": 0, "relevance": 0, "windows_read": 0,
        "windows_unread": 0}, "usual_relevance": 0\(noAnswer)}
        """
    }

    /// P(no answer) = σ(intercept) for every text.
    private static func noAnswer(_ intercept: Double, threshold: Double) -> String {
        """
        , "no_answer": {"threshold": \(threshold), "regression": {"intercept": \(intercept), "margin": 0, "lead": 0,
        "log_odds": 0, "relevance": 0, "windows_read": 0, "windows_unread": 0}}
        """
    }

    private func report(
        _ confidence: String?,
        noAnswer: DecodingSettings.NoAnswer = .asConfigured,
        answers: Int = 1,
        minimumScore: Double = 0
    ) throws -> AnswerReport {
        let checkpoint = try FormulaCheckpoint.skimming(confidence: confidence)
        var settings = QuestionAnswererTests.settings
        settings.decoding = DecodingSettings(
            answerCount: answers,
            minimumScore: minimumScore,
            noAnswer: noAnswer
        )
        return try QuestionAnswererTests.answerer(checkpoint).answer(
            question: "When was it opened?",
            context: QuestionAnswererTests.context,
            settings: settings
        )
    }

    @Test func withoutAMapTheScoreIsTheSoftmax() throws {
        let plain = try report(nil)
        #expect(plain.answerable && plain.noAnswerScore == nil && plain.noAnswer == nil)
        let asked = try report(nil, noAnswer: .above(threshold: 1000))
        #expect(asked.answerable && asked.noAnswerScore == asked.noAnswer?.score)
        let refused = try report(nil, noAnswer: .above(threshold: -1000))
        #expect(!refused.answerable && refused.answers.isEmpty)
    }

    /// The margin and the lead of the best span, computed from all logits of the report.
    @Test func theScoreIsWhatTheMapMakesOfTheLogits() throws {
        let report = try report(Self.map(), answers: 2)
        let windows = try #require(report.diagnostics).windows
        let nulls = windows.map { $0.startLogits[0] + $0.endLogits[0] }
        // The second answer is the best span that shares no text with the first.
        let scores = report.answers.map { $0.startLogit + $0.endLogit }
        let leads = [scores[0] - scores[1], scores[1] - scores[0]]
        for (answer, (score, lead)) in zip(report.answers, zip(scores, leads)) {
            let sum = 0.1 * Double(score - nulls[answer.window]) + 0.2 * Double(lead)
            #expect(abs(answer.score - 1 / (1 + exp(-sum))) < 1e-6)
            #expect(answer.margin == score - nulls[answer.window])
        }
        #expect(report.answerable && report.noAnswerScore == nil)
        // How many are wanted, and whether no answer is one, changes no score.
        #expect(try self.report(Self.map()).answers.first?.score == report.answers.first?.score)
        let never = try self.report(Self.map(Self.noAnswer(0, threshold: 0.1)), noAnswer: .never)
        #expect(never.answers.first?.score == report.answers.first?.score)
        #expect(never.answerable && never.noAnswerScore == nil)
    }

    @Test func minimumScoreGoesByTheMap() throws {
        let score = try #require(try report(Self.map()).answers.first?.score)
        #expect(try report(Self.map(), minimumScore: score).answers.count == 1)
        #expect(try report(Self.map(), minimumScore: min(1, score + 1e-9)).answers.isEmpty)
    }

    @Test(arguments: [(-1.0, 0.2), (-1.0, 0.3), (2.0, 0.9), (2.0, 0.5)])
    func noAnswerIsTheAnswerWhenItIsLikelyEnough(intercept: Double, threshold: Double) throws {
        let map = Self.map(Self.noAnswer(intercept, threshold: threshold))
        let probability = 1 / (1 + exp(-intercept))
        let found = try report(map)
        #expect(abs(try #require(found.noAnswerScore) - probability) < 1e-12)
        #expect(found.answerable == (probability <= threshold))
        // The best span stands there all the same, and is worth what is left.
        let best = try #require(found.answers.first)
        let alone = try #require(try report(Self.map()).answers.first)
        #expect(best.text == alone.text && abs(best.score - alone.score * (1 - probability)) < 1e-12)
        #expect(found.noAnswer == nil)
    }

    @Test func aThresholdInLogitsOverridesTheMap() throws {
        let map = Self.map(Self.noAnswer(2, threshold: 0.5))
        let kept = try report(map, noAnswer: .above(threshold: 1000))
        #expect(kept.answerable && kept.answers.count == 1 && kept.noAnswer?.chosen == false)
        let left = try report(map, noAnswer: .above(threshold: -1000))
        #expect(!left.answerable && left.answers.isEmpty && left.noAnswer?.chosen == true)
        #expect(abs(try #require(left.noAnswerScore) - 1 / (1 + exp(-2))) < 1e-12)
    }

    @Test func theRelevanceIsThatOfTheBlockOfTheSpan() throws {
        let relevanceOnly = Self.map().replacing(
            #""margin": 0.1, "lead": 0.2"#,
            with: #""margin": 0, "lead": 0"#
        )
        .replacing(#""relevance": 0"#, with: #""relevance": 1"#)
        let report = try report(relevanceOnly)
        let answer = try #require(report.answers.first)
        let block = try #require(
            report.skim?.blocks.first {
                $0.window == answer.window && ($0.start..<$0.end).contains(answer.start)
            }
        )
        // σ of the logit of a probability is the probability.
        #expect(abs(answer.score - Double(try #require(block.relevance))) < 1e-6)
    }
}
