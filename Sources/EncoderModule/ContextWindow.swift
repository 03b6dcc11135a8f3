/// One piece of a context with the question before it: what the encoder reads at once.
///
/// BERT: `[CLS] question [SEP] context tokens [SEP]`. *Token index* counts the context's tokens from the start of
/// the document, *position* counts all tokens of the window from its classifier token.
public struct ContextWindow: Sendable, Equatable {
    /// All tokens of the window, special ones included.
    public let ids: [Int32]  // [tokens]
    /// The segment that each token belongs to: 0 for the prefix, the layout's type for what follows.
    public let tokenTypes: [Int32]  // [tokens]
    /// How many tokens stand before the context: `[CLS] question [SEP]`.
    public let prefixLength: Int
    /// Which of the context's tokens the window holds.
    public let contextTokens: Range<Int>

    /// Where the model scores "no answer here": the classifier token.
    public static let classifierPosition = 0

    /// A window made of its parts.
    public init(ids: [Int32], tokenTypes: [Int32], prefixLength: Int, contextTokens: Range<Int>) {
        self.ids = ids
        self.tokenTypes = tokenTypes
        self.prefixLength = prefixLength
        self.contextTokens = contextTokens
    }

    /// How many tokens the window has.
    public var tokenCount: Int { ids.count }

    /// The positions of the context's tokens.
    public var contextPositions: Range<Int> { prefixLength..<(prefixLength + contextTokens.count) }

    /// How many separators stand between question and context: RoBERTa has two.
    public var separatorCount: Int {
        let prefix = ids.prefix(prefixLength)
        return prefix.reversed().prefix { $0 == prefix.last }.count
    }

    /// The position of one of the context's tokens that the window holds.
    package func position(ofContextToken tokenIndex: Int) -> Int {
        precondition(
            contextTokens.contains(tokenIndex),
            "token \(tokenIndex) in a window of \(contextTokens)"
        )
        return prefixLength + tokenIndex - contextTokens.lowerBound
    }

    /// The index in the document of the context token at a position.
    package func contextToken(atPosition position: Int) -> Int {
        precondition(
            contextPositions.contains(position),
            "position \(position), context at \(contextPositions)"
        )
        return contextTokens.lowerBound + position - prefixLength
    }
}
