import DatasetModule
import EvaluationModule
import QuestionAnsweringModule

/// The best span of a question, and whether it is right.
struct JudgedSpan {
    let example: Example
    /// "" when there is none.
    let text: String
    /// What the confidence in it goes by; nil when there is none.
    let features: ConfidenceFeatures?
    let isRight: Bool
    /// Whether the question has an answer.
    let hasAnswer: Bool

    init(_ answered: AnsweredExample) {
        example = answered.example
        text = answered.bestSpan
        features = answered.features
        isRight = answered.example.accepts(answered.bestSpan)
        hasAnswer = !answered.example.accepts("")
    }

    /// Whether a map makes it no answer.
    func isRefused(by map: ConfidenceMap) -> Bool {
        guard let threshold = map.noAnswer?.threshold,
            let probability = map.noAnswerProbability(best: features)
        else { return false }
        return probability > threshold
    }
}

/// The best spans of a data set.
struct JudgedSet {
    var file: String
    var rules: ScoringRules
    var answers: [JudgedSpan]

    /// The same with some of them.
    func with(_ answers: ArraySlice<JudgedSpan>) -> JudgedSet {
        JudgedSet(file: file, rules: rules, answers: Array(answers))
    }

    /// What a map makes of them, as `blockskim evaluate` does: no answer is one by SQuAD 2.0's rules only.
    func judged(by map: ConfidenceMap) -> [JudgedAnswer] {
        answers.map { answer in
            let none = rules == .squad2 ? map.noAnswerProbability(best: answer.features) : nil
            if let none, answer.isRefused(by: map) {
                return JudgedAnswer(confidence: none, isRight: !answer.hasAnswer)
            }
            return JudgedAnswer(
                confidence: answer.features.map {
                    map.rightProbability(of: $0, noAnswerProbability: none ?? 0)
                } ?? 0,
                isRight: answer.isRight
            )
        }
    }
}
