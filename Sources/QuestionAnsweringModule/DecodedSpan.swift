import TokenizerModule

/// One span of the context, scored.
package struct DecodedSpan: Sendable, Equatable {
    /// The window that proposed it.
    package let windowIndex: Int
    /// Its first and last token, as indices in the document.
    package let contextTokens: ClosedRange<Int>
    /// Its place in the original text.
    package let offsets: Range<ScalarOffset>
    /// The start logit of its first token.
    package let startLogit: Float
    /// The end logit of its last token.
    package let endLogit: Float
    /// By how many logits the spans of its window count for more.
    package let prior: Float
    /// `exp(score)` over the sum of the same of all kept candidates.
    package let probability: Double

    /// What spans are compared by: start logit + end logit, and what its window counts for more.
    package var score: Float { startLogit + endLogit + prior }
}

/// What all windows of one question say together.
package struct DecodedAnswers: Sendable, Equatable {
    /// The candidates that the probabilities are over, best first, each place once; Hugging Face's list has a place that
    /// several windows propose as often.
    package let nBest: [DecodedSpan]
    /// The best span of each window that has one, by the window's place in the text.
    package let bestOfWindows: [Int: DecodedSpan]
    /// The wanted number of spans, or fewer where there are fewer, best first.
    ///
    /// All have text and no two share a scalar: each is the best that shares none with those before it. Empty when
    /// no window proposes a span.
    package let spans: [DecodedSpan]
    /// The smallest sum of the two logits of a window's classifier token, over all windows.
    package let nullScore: Float
    /// The probability that the context does not say; 0 where every question has an answer.
    package let nullProbability: Double
    /// By how much `nullScore` exceeds the best span's score; nil when there is no span.
    package let nullMargin: Float?
    /// Whether the answer is that the context does not say.
    package let isNoAnswer: Bool
}
