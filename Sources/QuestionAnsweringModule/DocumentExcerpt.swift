import TokenizerModule

/// The text around an answer, for those who show it after the document was let go.
public struct DocumentExcerpt: Sendable, Equatable {
    /// A part of the document.
    public let text: String
    /// Where it starts in the document, in Unicode scalars.
    public let start: ScalarOffset
    /// Whether it ends where the document ends.
    public let reachesEnd: Bool

    /// A part of a document.
    public init(text: String, start: ScalarOffset, reachesEnd: Bool) {
        self.text = text
        self.start = start
        self.reachesEnd = reachesEnd
    }

    /// The text around a range of a document.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - range: What is in the middle.
    ///   - scalarCount: How much stands before it and behind it, where there is as much.
    public init(of document: ContextDocument, around range: Range<ScalarOffset>, scalarCount: Int) {
        start = max(0, range.lowerBound - scalarCount)
        let end = min(document.scalarCount, range.upperBound + scalarCount)
        text = document[start..<end]
        reachesEnd = end == document.scalarCount
    }
}
