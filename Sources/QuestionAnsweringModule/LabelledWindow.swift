import EncoderModule

/// A window with what it should answer: an example to learn from.
public struct LabelledWindow: Sendable, Equatable {
    /// What is read.
    public let window: ContextWindow
    /// The positions of the answer's first and last token; nil when the window does not hold the whole answer.
    public let answer: ClosedRange<Int>?
    /// The positions of the tokens of reference answers, those of answers that the window cuts included: what makes blocks
    /// relevant.
    public let answerTokens: [ClosedRange<Int>]

    /// Whether the window has a part of an answer, and none whole.
    ///
    /// No span of it is right, and that it has no answer is not right either.
    public var cutsAnswer: Bool { answer == nil && !answerTokens.isEmpty }

    /// A window that holds its whole answer, or nothing of it.
    public init(window: ContextWindow, answer: ClosedRange<Int>?) {
        self.init(window: window, answer: answer, answerTokens: answer.map { [$0] } ?? [])
    }

    /// A window with its labels.
    public init(window: ContextWindow, answer: ClosedRange<Int>?, answerTokens: [ClosedRange<Int>]) {
        self.window = window
        self.answer = answer
        self.answerTokens = answerTokens
    }

    /// Whether a block of the window has at least one answer token.
    ///
    /// Eq. 4: y.
    ///
    /// Deviation: the authors' code wants more than one token. Pinned by `WindowBatchTests`.
    public func holdsAnswerToken(in block: Range<Int>) -> Bool {
        answerTokens.contains { $0.overlaps(block) }
    }
}
