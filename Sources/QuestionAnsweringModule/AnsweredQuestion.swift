/// An answered question with all that the model said: what evaluation looks at besides the report.
public struct AnsweredQuestion: Sendable {
    /// The answers, and what it took to find them.
    public let report: AnswerReport
    /// The windows that were read, in the order of the text.
    public let windows: [WindowResult]
    /// The promise of every window of a document that was read best-first, in the order of the text; empty otherwise.
    package let promises: [Double]
    /// The windows of such a document in the order in which they would be read if nothing stopped it.
    package var readingOrder: [Int] { ReadingOrder.order(of: promises) }
    /// The places of ``windows`` in the text.
    package let windowIndices: [Int]
    /// All candidates and the score of no answer.
    package let decoded: DecodedAnswers
    /// What the confidence in the best span goes by; nil when there is none.
    package let features: ConfidenceFeatures?
    /// How sure the answers are.
    package let confidence: AnswerConfidence
}
