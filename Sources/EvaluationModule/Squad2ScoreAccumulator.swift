import DatasetModule
import FileModule

/// Scores predictions as the SQuAD 2.0 script does, one question at a time; "" predicts that there is no answer.
///
/// Reference answers that normalise to nothing are dropped, and a question with none left has the reference "".
/// Sums are in the order of the calls, plainly added as Python up to 3.11 does (3.12 compensates).
///
/// Deviation: a missing prediction scores 0 and is reported; the script leaves it out of the total and then fails
/// if the question has an answer (`missingPredictionScoresZeroWithoutAnAnswer`).
public struct Squad2ScoreAccumulator: Sendable {
    private struct Question: Sendable {
        var id: String
        /// By the raw answers, as in the script, even if all of them normalise to nothing.
        var hasAnswer: Bool
        var exactMatch: Double
        var f1: Double
        /// nil: there is no prediction.
        var predictsAnswer: Bool?
    }

    /// Ids of questions without a prediction; they score 0.
    public private(set) var missingPredictions: [String] = []
    private var questions: [Question] = []

    /// Creates an accumulator without questions.
    public init() {}

    /// Scores one question.
    ///
    /// - Parameters:
    ///   - example: the question with its reference answers, none if it cannot be answered.
    ///   - prediction: the predicted text, "" for no answer; nil if there is no prediction.
    public mutating func add(_ example: Example, prediction: String?) {
        var question = Question(
            id: example.id,
            hasAnswer: !example.answers.isEmpty,
            exactMatch: 0,
            f1: 0,
            predictsAnswer: nil
        )
        if let prediction {
            let answer = NormalizedAnswer(prediction)
            var references = example.normalizedReferences
            if references.isEmpty { references = [NormalizedAnswer("")] }
            question.exactMatch = references.contains(where: answer.exactlyMatches) ? 1 : 0
            question.f1 = references.map { Self.f1(answer, $0) }.max() ?? 0
            question.predictsAnswer = !prediction.isEmpty
        } else {
            missingPredictions.append(example.id)
        }
        questions.append(question)
    }

    /// The scores of all questions so far.
    ///
    /// - Parameters:
    ///   - noAnswerScores: how sure the model is that a question has no answer, for every prediction; their order
    ///     decides between equal scores in the search for the best threshold.
    ///   - threshold: predictions with a higher no-answer score count as "no answer"; nil leaves them as they are.
    ///     The script's default is 1.
    /// - Returns: the means over the questions, in percent.
    /// - Throws: ``EvaluationError/noQuestions``, ``EvaluationError/missingNoAnswerScore(id:)``.
    public func scores(
        noAnswerScores: NoAnswerScores? = nil,
        threshold: Double? = nil
    ) throws(EvaluationError) -> Squad2Scores {
        guard !questions.isEmpty else { throw .noQuestions }
        var applied = questions
        if let noAnswerScores {
            for (index, question) in questions.enumerated() where question.predictsAnswer != nil {
                guard let score = noAnswerScores[question.id] else {
                    throw .missingNoAnswerScore(id: question.id)
                }
                if let threshold, score > threshold {
                    applied[index].exactMatch = question.hasAnswer ? 0 : 1
                    applied[index].f1 = applied[index].exactMatch
                }
            }
        }
        let all = Self.mean(applied)
        let answerable = applied.filter(\.hasAnswer)
        let unanswerable = applied.filter { !$0.hasAnswer }
        var result = Squad2Scores(
            exactMatch: all.exactMatch,
            f1: all.f1,
            total: all.total,
            hasAnswer: answerable.isEmpty ? nil : Self.mean(answerable),
            noAnswer: unanswerable.isEmpty ? nil : Self.mean(unanswerable)
        )
        if let noAnswerScores {
            result.bestExactMatch = best(noAnswerScores, \.exactMatch)
            result.bestF1 = best(noAnswerScores, \.f1)
        }
        return result
    }

    /// F1 of the 2.0 script: 1 if both are empty, 0 if one is.
    static func f1(_ prediction: NormalizedAnswer, _ reference: NormalizedAnswer) -> Double {
        if prediction.text.isEmpty || reference.text.isEmpty {
            return prediction.exactlyMatches(reference) ? 1 : 0
        }
        return prediction.f1(against: reference)
    }

    private static func mean(_ questions: [Question]) -> AnswerScores {
        var exactMatch = 0.0
        var f1 = 0.0
        for question in questions {
            exactMatch += question.exactMatch
            f1 += question.f1
        }
        let total = Double(questions.count)
        return AnswerScores(
            exactMatch: 100 * exactMatch / total,
            f1: 100 * f1 / total,
            total: questions.count
        )
    }

    /// Sweeps the threshold upwards: at first nothing is answered, then one question more at each step.
    private func best(
        _ noAnswerScores: NoAnswerScores,
        _ score: KeyPath<Question, Double>
    ) -> Squad2Scores.Best {
        var byID: [ExactString: Question] = [:]
        for question in questions { byID[ExactString(question.id)] = question }
        // Missing predictions are wrong at every threshold, also where there is no answer.
        var current = Double(questions.count { !$0.hasAnswer && $0.predictsAnswer != nil })
        var best = Squad2Scores.Best(score: current, threshold: 0)
        // Ties stay in the order of the scores, as Python's stable sort leaves them.
        let sorted = noAnswerScores.enumerated().sorted {
            ($0.element.value, $0.offset) < ($1.element.value, $1.offset)
        }
        for (_, entry) in sorted {
            guard let question = byID[ExactString(entry.id)], let predictsAnswer = question.predictsAnswer
            else { continue }
            if question.hasAnswer {
                current += question[keyPath: score]
            } else if predictsAnswer {
                current -= 1
            }
            if current > best.score { best = Squad2Scores.Best(score: current, threshold: entry.value) }
        }
        best.score = 100 * best.score / Double(questions.count)
        return best
    }
}
