/// An answered question with all that the model said: what evaluation looks at besides the report.
public struct AnsweredQuestion: Sendable {
    /// The answers, and what it took to find them.
    public let report: AnswerReport
    /// The windows that were read, in the order of the text.
    public let windows: [WindowResult]
    /// All candidates and the score of no answer.
    package let decoded: DecodedAnswers
}
