import DatasetModule
import TestSupport
import Testing

@testable import EvaluationModule

/// Whole development sets with synthetic predictions, against the rules written in Python.
@Suite struct DevelopmentScoreTests {
    private struct Scores: Decodable {
        struct V1: Decodable {
            var checksum: UInt32
            var exactMatch: Double
            var f1: Double
            var total: Int
            var missing: Int
        }

        struct V2: Decodable {
            var checksum: UInt32
            var plain: Squad2Scores
            var noAnswerScores: Squad2Scores
            var threshold: Squad2Scores
        }

        var squad: V1
        var squad2: V2
    }

    private func examples(_ name: String) throws -> [Example] {
        let (passages, issues) = try DatasetReader(path: #require(SharedDirectory.path("data/\(name)")))
            .readAll()
        #expect(issues == [])
        return passages.flatMap(\.examples)
    }

    @Test(.enabled(if: SharedDirectory.path("data/squad/dev-a.json") != nil, "needs data/squad/dev-a.json"))
    func squadEqualsPythonToTheLastDigit() throws {
        let golden = try GoldenFiles(.module).decode("development-scores.json", as: Scores.self).squad
        let examples = try examples("squad/dev-a.json")
        let (predictions, checksum) = SyntheticPredictions.predictions(for: examples, seed: 1)
        #expect(checksum == golden.checksum)
        var accumulator = AnswerScoreAccumulator()
        for example in examples { accumulator.add(example, prediction: predictions[example.id]) }
        let expected = AnswerScores(exactMatch: golden.exactMatch, f1: golden.f1, total: golden.total)
        #expect(try accumulator.scores() == expected)
        #expect(accumulator.missingPredictions.count == golden.missing)
        #expect(accumulator.missingReferences == [])
    }

    @Test(.enabled(if: SharedDirectory.path("data/squad2/dev-a.json") != nil, "needs data/squad2/dev-a.json"))
    func squad2EqualsPythonToTheLastDigit() throws {
        let golden = try GoldenFiles(.module).decode("development-scores.json", as: Scores.self).squad2
        let examples = try examples("squad2/dev-a.json")
        let (predictions, checksum) = SyntheticPredictions.predictions(
            for: examples,
            seed: 2,
            leavesOutMissing: false
        )
        #expect(checksum == golden.checksum)
        let noAnswerScores = SyntheticPredictions.noAnswerScores(for: examples, seed: 3)
        var accumulator = Squad2ScoreAccumulator()
        for example in examples { accumulator.add(example, prediction: predictions[example.id]) }
        #expect(try accumulator.scores() == golden.plain)
        #expect(try accumulator.scores(noAnswerScores: noAnswerScores) == golden.noAnswerScores)
        #expect(
            try accumulator.scores(noAnswerScores: noAnswerScores, threshold: 0.5) == golden.threshold
        )
    }
}
