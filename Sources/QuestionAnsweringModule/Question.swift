import TokenizerModule

/// A question, tokenised.
package struct Question: Sendable, Equatable {
    /// The question without the white space before it.
    package let text: String
    /// Its tokens, without special ones.
    package private(set) var tokenIDs: [Int32]

    /// Tokenises a question after removing the white space before it, which some data sets have plenty of.
    ///
    /// - Throws: `emptyQuestion` when no token is left.
    package init(
        _ asked: String,
        tokenize: (String) -> TokenizedText
    ) throws(QuestionAnsweringError) {
        text = asked.droppingLeadingWhiteSpace()
        tokenIDs = tokenize(text).ids
        guard !tokenIDs.isEmpty else { throw .emptyQuestion }
    }

    /// The question without its tokens behind the first `count`.
    func truncated(toTokenCount count: Int) -> Question {
        var question = self
        question.tokenIDs.removeLast(max(0, tokenIDs.count - count))
        return question
    }
}

extension String {
    /// The string from its first scalar on that is no white space, as Python's `str.lstrip()`.
    ///
    /// Works on scalars: `Character`s would keep a space that a combining mark follows.
    package func droppingLeadingWhiteSpace() -> String {
        String(unicodeScalars.drop { $0.isPythonWhiteSpace })
    }
}

extension Unicode.Scalar {
    /// Whether Python's `str.isspace()` holds: Unicode White_Space and the four separators U+001C to U+001F.
    fileprivate var isPythonWhiteSpace: Bool {
        properties.isWhitespace || (0x1C...0x1F).contains(value)
    }
}
