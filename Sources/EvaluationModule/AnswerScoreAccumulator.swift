import DatasetModule

/// Scores predictions as the SQuAD v1.1 and MRQA scripts do, one question at a time.
///
/// EM and F1 of a question are each the maximum over its reference answers. The result is the mean over all
/// questions × 100; sums are in the order of the calls, which must be the order of the file to give the last digit
/// of the official scripts.
public struct AnswerScoreAccumulator: Sendable {
    /// Ids of questions without a prediction; they score 0.
    public private(set) var missingPredictions: [String] = []
    /// Ids of questions without a reference answer; they score 0.
    ///
    /// Data with such questions needs ``Squad2ScoreAccumulator``.
    public private(set) var missingReferences: [String] = []
    private var exactMatchSum = 0
    private var f1Sum = 0.0
    private var total = 0

    /// Creates an accumulator without questions.
    public init() {}

    /// Scores one question.
    ///
    /// - Parameters:
    ///   - example: the question with its reference answers.
    ///   - prediction: the predicted text; nil if there is none.
    public mutating func add(_ example: Example, prediction: String?) {
        total += 1
        if example.answers.isEmpty { missingReferences.append(example.id) }
        guard let prediction else { return missingPredictions.append(example.id) }
        let answer = NormalizedAnswer(prediction)
        let references = example.answers.map { NormalizedAnswer($0.text) }
        if references.contains(where: answer.exactlyMatches) { exactMatchSum += 1 }
        f1Sum += references.map(answer.f1).max() ?? 0
    }

    /// The scores of all questions so far.
    ///
    /// - Returns: the means over the questions, in percent.
    /// - Throws: ``EvaluationError/noQuestions``, ``EvaluationError/noReferences(questions:)``.
    public func scores() throws(EvaluationError) -> AnswerScores {
        guard total > 0 else { throw .noQuestions }
        guard missingReferences.count < total else { throw .noReferences(questions: total) }
        return AnswerScores(
            exactMatch: 100 * Double(exactMatchSum) / Double(total),
            f1: 100 * f1Sum / Double(total),
            total: total
        )
    }
}
