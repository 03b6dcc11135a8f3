import DatasetModule
import Testing

@testable import EvaluationModule

private func example(_ id: String, _ answers: [String]) -> Example {
    Example(
        id: id,
        question: "Who?",
        context: "c",
        answers: answers.map { Answer(text: $0, start: nil) },
        isImpossible: answers.isEmpty
    )
}

@Suite struct AnswerScoreAccumulatorTests {
    @Test func takesTheMaximumOfEachMetricOverTheReferences() throws {
        var accumulator = AnswerScoreAccumulator()
        accumulator.add(example("1", ["x y z", "the x.", "x y"]), prediction: "x y")
        accumulator.add(example("2", ["x y z", "w"]), prediction: "x")
        #expect(try accumulator.scores() == AnswerScores(exactMatch: 50, f1: 75, total: 2))
    }

    @Test func missingPredictionScoresZeroAndIsReported() throws {
        var accumulator = AnswerScoreAccumulator()
        accumulator.add(example("1", ["x"]), prediction: "x")
        accumulator.add(example("2", ["x"]), prediction: nil)
        #expect(try accumulator.scores() == AnswerScores(exactMatch: 50, f1: 50, total: 2))
        #expect(accumulator.missingPredictions == ["2"])
    }

    @Test func questionWithoutReferenceScoresZeroAndIsReported() throws {
        var accumulator = AnswerScoreAccumulator()
        accumulator.add(example("1", []), prediction: "")
        accumulator.add(example("2", ["x"]), prediction: "x")
        #expect(try accumulator.scores() == AnswerScores(exactMatch: 50, f1: 50, total: 2))
        #expect(accumulator.missingReferences == ["1"])
    }

    @Test func scoresNothingWhereNoQuestionHasAReference() {
        var accumulator = AnswerScoreAccumulator()
        accumulator.add(example("1", []), prediction: "x")
        #expect(throws: EvaluationError.noReferences(questions: 1)) { try accumulator.scores() }
    }

    @Test func refusesTheMeanOfNothing() {
        #expect(throws: EvaluationError.noQuestions) { try AnswerScoreAccumulator().scores() }
        #expect(throws: EvaluationError.noQuestions) { try Squad2ScoreAccumulator().scores() }
        #expect(AnswerScores.macroAverageF1(of: []) == nil)
    }

    @Test func macroAverageDoesNotWeightBySize() {
        let scores = [
            AnswerScores(exactMatch: 0, f1: 80, total: 1), AnswerScores(exactMatch: 0, f1: 60, total: 999),
        ]
        #expect(AnswerScores.macroAverageF1(of: scores) == 70)
    }
}

@Suite struct Squad2ScoreAccumulatorTests {
    @Test func answersThatNormaliseToNothingLeaveTheReferenceEmpty() throws {
        var accumulator = Squad2ScoreAccumulator()
        accumulator.add(example("1", ["the", "..."]), prediction: "")
        accumulator.add(example("2", ["the", "x"]), prediction: "")
        let scores = try accumulator.scores()
        #expect(scores.exactMatch == 50)
        // Both count as answerable, by the raw answers.
        #expect(scores.hasAnswer == AnswerScores(exactMatch: 50, f1: 50, total: 2))
        #expect(scores.noAnswer == nil)
        #expect(scores.bestF1 == nil)
    }

    @Test func missingPredictionScoresZeroWithoutAnAnswer() throws {
        var accumulator = Squad2ScoreAccumulator()
        accumulator.add(example("1", []), prediction: nil)
        accumulator.add(example("2", []), prediction: "")
        var noAnswerScores = NoAnswerScores()
        noAnswerScores["2"] = 1
        let scores = try accumulator.scores(noAnswerScores: noAnswerScores)
        #expect(scores.noAnswer == AnswerScores(exactMatch: 50, f1: 50, total: 2))
        #expect(scores.bestExactMatch == Squad2Scores.Best(score: 50, threshold: 0))
        #expect(accumulator.missingPredictions == ["1"])
    }

    @Test func tiesInTheSweepStayInTheOrderOfTheScores() throws {
        var accumulator = Squad2ScoreAccumulator()
        accumulator.add(example("good", ["x"]), prediction: "x")
        accumulator.add(example("bad", []), prediction: "x")
        accumulator.add(example("later", ["x y"]), prediction: "x y")
        func best(_ order: [String]) throws -> Squad2Scores.Best? {
            var scores = NoAnswerScores()
            for id in order { scores[id] = id == "later" ? 0.5 : 0.25 }
            return try accumulator.scores(noAnswerScores: scores).bestExactMatch
        }
        // From 1 unanswerable: good first 2, bad 1, later 2: the first 2 stays.
        #expect(try best(["good", "bad", "later"])?.threshold == 0.25)
        // bad first 0, good 1, later 2.
        #expect(try best(["bad", "good", "later"])?.threshold == 0.5)
    }

    @Test func demandsANoAnswerScoreForEveryPrediction() {
        var accumulator = Squad2ScoreAccumulator()
        accumulator.add(example("1", ["x"]), prediction: "x")
        #expect(throws: EvaluationError.missingNoAnswerScore(id: "1")) {
            try accumulator.scores(noAnswerScores: NoAnswerScores())
        }
    }
}
