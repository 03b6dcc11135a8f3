import EncoderModule
import TokenizerModule

extension ContextWindow {
    /// The positions of the first and last token of an answer: what the window should answer, in training and evaluation.
    ///
    /// They are the last token that starts at or before the answer's start and the first one that ends at or after its
    /// end, marks behind its last letter included, if the window's context reaches over the whole answer.
    ///
    /// Deviation: where several tokens stand for one scalar (a decomposed Hangul syllable) that rule names the end
    /// before the start; the two are put in order (`labelsTokensThatShareAScalarInOrder`). Hugging Face's script
    /// runs into the `[SEP]` when the answer starts in the window's last token
    /// (`labelsAnswerThatStartsInLastToken`).
    ///
    /// - Parameters:
    ///   - answer: Where it stands in the document, in Unicode scalars.
    ///   - document: The document that the window is of.
    /// - Returns: Positions in the window; nil when it does not hold the whole answer.
    public func positions(of answer: Range<ScalarOffset>, in document: ContextDocument) -> ClosedRange<Int>? {
        let offsets = document.tokens.offsets[contextTokens]
        let bounds = document.answerBounds
        // Offsets ascend, so there are such tokens only where the window's context reaches over the answer.
        guard let start = offsets.lastIndex(where: { $0.lowerBound <= answer.lowerBound }),
            let end = offsets.indices.first(where: { bounds.end(of: $0) >= answer.upperBound })
        else { return nil }
        return position(ofContextToken: min(start, end))...position(ofContextToken: max(start, end))
    }

    /// The positions of the tokens of an answer that the window has, be it the whole answer or a part.
    ///
    /// - Parameters:
    ///   - answer: Where it stands in the document, in Unicode scalars.
    ///   - document: The document that the window is of.
    /// - Returns: Positions in the window; nil when it has no token of the answer.
    public func answerTokens(of answer: Range<ScalarOffset>, in document: ContextDocument) -> ClosedRange<
        Int
    >? {
        if let whole = positions(of: answer, in: document) { return whole }
        let offsets = document.tokens.offsets[contextTokens]
        let bounds = document.answerBounds
        guard let first = offsets.indices.first(where: { bounds.end(of: $0) > answer.lowerBound }),
            let last = offsets.lastIndex(where: { $0.lowerBound < answer.upperBound }), first <= last
        else { return nil }
        return position(ofContextToken: first)...position(ofContextToken: last)
    }
}
