import BlockSkim

/// The answers to a question for people, the best first; where nothing answers, that instead of them or in front.
struct AnswerList: CustomStringConvertible {
    /// What was asked.
    enum Source {
        case text
        case documents
    }

    let source: Source
    let answers: [AnswerLines]
    /// The null answer of models that have one as an answer of its own.
    let nullAnswer: AnswerReport.NoAnswer?
    let isAnswerable: Bool
    let noAnswerScore: Double?
    /// The score that was asked for.
    let minimumScore: Double

    var description: String {
        let (silent, none, impossible) =
            switch source {
            case .text:
                ("The text does not say", "No answer in this text", "No span of the text can be an answer")
            case .documents:
                (
                    "The documents do not say", "No answer in these documents",
                    "No span of the documents can be an answer"
                )
            }
        if let nullAnswer, nullAnswer.chosen { return "\(silent) (\(nullAnswer.score.formatted(digits: 2)))" }
        let noAnswer = isAnswerable ? nil : "\(none) (\((noAnswerScore ?? 1).formatted(digits: 2)))"
        guard var best = answers.first else {
            return noAnswer
                ?? (minimumScore > 0 ? "No answer has a score of at least \(minimumScore)" : impossible)
        }
        if !isAnswerable { best.label = "Best span: " }
        let lines = ([best] + answers.dropFirst()).map(\.description)
        return ([noAnswer].compactMap(\.self) + lines).joined(separator: "\n")
    }
}
