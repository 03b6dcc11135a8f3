import ArgumentParser
import BlockSkim

/// How contexts are cut into windows and spans are chosen.
struct AnsweringArguments: ParsableArguments {
    @Option(help: "The most tokens of a window, question and special tokens included.")
    var maxLength = 384

    @Option(help: "How many context tokens consecutive windows share (default: 128, or half of what fits).")
    var overlap: Int?

    @Option(
        help:
            "How far windows are apart in context tokens, in place of --overlap: other programs' doc_stride."
    )
    var step: Int?

    @Option(help: "The most tokens of an answer.")
    var maxAnswerLength = 30

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let \"the context does not say\" be an answer, if it is ahead by more than so many logits.",
            discussion: "0 is usual, and what SQuAD 2.0 data is answered with."
        )
    )
    var noAnswerThreshold: Float?

    @Option(help: "How many windows go through the layers together. No answer depends on it.")
    var batchSize = 1

    func validate() throws {
        guard batchSize >= 1 else { throw ValidationError("--batch-size \(batchSize): it must be 1 or more") }
        if overlap != nil, step != nil {
            throw ValidationError("--overlap and --step say the same in two ways; give one of them")
        }
        guard maxAnswerLength >= 1 else {
            throw ValidationError("--max-answer-length \(maxAnswerLength): it must be 1 or more")
        }
        if let noAnswerThreshold, noAnswerThreshold.isNaN {
            throw ValidationError("--no-answer-threshold: it must be a number")
        }
    }

    /// The same, as the library takes it.
    ///
    /// - Parameters:
    ///   - answerCount: How many answers are wanted.
    ///   - mayBeUnanswerable: Whether the questions are known to have unanswerable ones among them.
    /// - Returns: Settings for all questions of a run.
    func settings(answerCount: Int = 1, mayBeUnanswerable: Bool = false) -> QuestionAnswerer.Settings {
        let threshold = noAnswerThreshold ?? (mayBeUnanswerable ? 0 : nil)
        return QuestionAnswerer.Settings(
            windows: WindowSettings(
                maximumLength: maxLength,
                advance: step.map { .step($0) } ?? overlap.map { .overlap($0) } ?? .automatic
            ),
            decoding: DecodingSettings(
                answerCount: answerCount,
                maximumAnswerLength: maxAnswerLength,
                noAnswer: threshold.map { .above(threshold: $0) } ?? .never
            )
        )
    }
}
