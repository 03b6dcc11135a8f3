import TokenizerModule

/// A span that a window proposes, before it is compared with those of other windows.
struct SpanCandidate: Equatable, Sendable {
    let startLogit: Float
    let endLogit: Float
    /// By how many logits the spans of its window count for more.
    var prior: Float = 0
    let windowIndex: Int
    /// First and last token, as indices in the document.
    let firstToken: Int
    let lastToken: Int
    /// Where its text stands, see ``AnswerBounds``.
    let offsets: Range<ScalarOffset>

    /// Start logit + end logit, summed in f32 as the peers do so that ties are the same ones, and what its window counts for
    /// more.
    var score: Float { startLogit + endLogit + prior }

    /// Whether this one is listed before the other: higher score, earlier window, smaller start, shorter.
    @inline(__always)
    func precedes(_ other: SpanCandidate) -> Bool {
        if score != other.score { return score > other.score }
        if windowIndex != other.windowIndex { return windowIndex < other.windowIndex }
        if firstToken != other.firstToken { return firstToken < other.firstToken }
        return lastToken < other.lastToken
    }
}
