import EncoderModule

/// A window with what it should answer: an example to learn from.
public struct LabelledWindow: Sendable, Equatable {
    /// What is read.
    public let window: ContextWindow
    /// The positions of the answer's first and last token; nil when the window does not hold the whole answer.
    public let answer: ClosedRange<Int>?

    /// A window with its label.
    public init(window: ContextWindow, answer: ClosedRange<Int>?) {
        self.window = window
        self.answer = answer
    }
}
