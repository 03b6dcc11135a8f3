import TokenizerModule

/// What a window should answer: where its part of the gold answer starts and ends.
package enum WindowLabel: Sendable, Equatable {
    /// The window's context holds the whole gold answer: positions of its first and last token.
    case answer(ClosedRange<Int>)
    /// It does not: both targets are the classifier token.
    case noAnswer

    /// The target of the start logits.
    package var startPosition: Int {
        switch self {
        case .answer(let positions): positions.lowerBound
        case .noAnswer: ContextWindow.classifierPosition
        }
    }

    /// The target of the end logits.
    package var endPosition: Int {
        switch self {
        case .answer(let positions): positions.upperBound
        case .noAnswer: ContextWindow.classifierPosition
        }
    }

    /// Finds the answer's tokens: the last one that starts at or before its start and the first one that ends at
    /// or after its end, if the window's context reaches over the whole answer.
    ///
    /// Deviation: where several tokens stand for one scalar (a decomposed Hangul syllable) that rule names the end
    /// before the start; the two are put in order (`labelsTokensThatShareAScalarInOrder`). Hugging Face's script
    /// runs into the `[SEP]` when the answer starts in the window's last token
    /// (`labelsAnswerThatStartsInLastToken`).
    package init(answer: Range<ScalarOffset>, in window: ContextWindow, of tokens: TokenizedText) {
        let offsets = tokens.offsets[window.contextTokens]
        // Offsets ascend, so there are such tokens only where the window's context reaches over the answer.
        guard let start = offsets.lastIndex(where: { $0.lowerBound <= answer.lowerBound }),
            let end = offsets.firstIndex(where: { $0.upperBound >= answer.upperBound })
        else {
            self = .noAnswer
            return
        }
        let tokenIndices = min(start, end)...max(start, end)
        self = .answer(
            window.position(
                ofContextToken: tokenIndices.lowerBound
            )...window.position(
                ofContextToken: tokenIndices.upperBound
            )
        )
    }
}
