import TestSupport
import Testing

@testable import EvaluationModule

@Suite struct NormalizedAnswerTests {
    private struct Answers: Decodable {
        var normalized: [[String]]
        var pairs: [Pair]
    }

    private struct Pair: Decodable {
        var prediction: String
        var reference: String
        var exactMatch: Bool
        var f1: Double
        var f1OfSquad2: Double

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            prediction = try values.decode(String.self)
            reference = try values.decode(String.self)
            exactMatch = try values.decode(Bool.self)
            f1 = try values.decode(Double.self)
            f1OfSquad2 = try values.decode(Double.self)
        }
    }

    @Test func normalizesAsPythonDoes() throws {
        let cases = try GoldenFiles(.module).decode("answers.json", as: Answers.self).normalized
        #expect(cases.count > 130)
        for pair in cases {
            let text = NormalizedAnswer(pair[0]).text
            #expect(
                Array(text.unicodeScalars) == Array(pair[1].unicodeScalars),
                "\(pair[0].debugDescription) gave \(text.debugDescription)"
            )
        }
    }

    @Test func scoresPairsToTheLastDigit() throws {
        for pair in try GoldenFiles(.module).decode("answers.json", as: Answers.self).pairs {
            let prediction = NormalizedAnswer(pair.prediction)
            let reference = NormalizedAnswer(pair.reference)
            let what: Comment =
                "\(pair.prediction.debugDescription) against \(pair.reference.debugDescription)"
            #expect(prediction.exactlyMatches(reference) == pair.exactMatch, what)
            #expect(prediction.f1(against: reference) == pair.f1, what)
            #expect(Squad2ScoreAccumulator.f1(prediction, reference) == pair.f1OfSquad2, what)
        }
    }

    @Test func doesNotMatchCanonicalEquivalents() {
        let composed = NormalizedAnswer("caf\u{E9}")
        let decomposed = NormalizedAnswer("cafe\u{301}")
        #expect(!composed.exactlyMatches(decomposed))
        #expect(composed != decomposed)
        #expect(composed.f1(against: decomposed) == 0)
    }

    @Test func emptyAnswersMatchButScoreNoF1() {
        let empty = NormalizedAnswer("the")
        #expect(empty.exactlyMatches(NormalizedAnswer("...")))
        #expect(empty.f1(against: NormalizedAnswer("")) == 0)
    }
}
