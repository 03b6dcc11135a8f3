import TokenizerModule

/// A document that questions are asked about, tokenised and indexed once for all of them.
public struct ContextDocument: Sendable {
    /// The original text.
    public let text: String
    /// The length of the text in Unicode scalars.
    public let scalarCount: Int
    /// The document's tokens, without special ones.
    package let tokens: TokenizedText
    /// Where each of its tokens stands.
    package let index: LexicalIndex
    /// Where answers begin and end in the text.
    package let answerBounds: AnswerBounds
    /// Where every 64th scalar starts; empty when all scalars are ASCII and the two offsets are the same.
    private let landmarks: [UTF8Offset]

    private typealias UTF8Offset = Int
    private static let scalarsPerLandmark = 64

    /// Tokenises and indexes a document.
    ///
    /// - Throws: `blankContext` when the text has no token.
    package init(
        _ text: String,
        tokenize: (String) -> TokenizedText
    ) throws(QuestionAnsweringError) {
        var text = text
        text.makeContiguousUTF8()
        (scalarCount, landmarks) = Self.index(text)
        tokens = tokenize(text)
        guard !tokens.ids.isEmpty else { throw .blankContext(scalarCount: scalarCount) }
        precondition(
            tokens.ids.count == tokens.offsets.count,
            "\(tokens.ids.count) tokens with \(tokens.offsets.count) offsets"
        )
        answerBounds = AnswerBounds(text: text, tokens: tokens)
        index = LexicalIndex(tokens.ids)
        guard !answerBounds.isBlank else { throw .blankContext(scalarCount: scalarCount) }
        self.text = text
    }

    /// The part of the original text in a range of Unicode scalars, exactly as it stands there.
    ///
    /// Takes the same time at the end of a long document as at its start.
    public subscript(range: Range<ScalarOffset>) -> String {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= scalarCount,
            "scalars \(range) of a document of \(scalarCount)"
        )
        return String(text.unicodeScalars[index(of: range.lowerBound)..<index(of: range.upperBound)])
    }

    private func index(of offset: ScalarOffset) -> String.Index {
        guard !landmarks.isEmpty else { return text.utf8.index(text.startIndex, offsetBy: offset) }
        let landmark = landmarks[offset / Self.scalarsPerLandmark]
        return text.unicodeScalars.index(
            text.utf8.index(text.startIndex, offsetBy: landmark),
            offsetBy: offset % Self.scalarsPerLandmark
        )
    }

    private static func index(_ text: String) -> (scalarCount: Int, landmarks: [UTF8Offset]) {
        var scalarCount = 0
        var utf8Offset = 0
        var landmarks: [UTF8Offset] = []
        for byte in text.utf8 {
            // Every byte but a continuation (10xxxxxx) starts a scalar.
            if byte & 0xC0 != 0x80 {
                if scalarCount % scalarsPerLandmark == 0 { landmarks.append(utf8Offset) }
                scalarCount += 1
            }
            utf8Offset += 1
        }
        if scalarCount == utf8Offset { return (scalarCount, []) }
        // The end of the text is an offset, too.
        if scalarCount % scalarsPerLandmark == 0 { landmarks.append(utf8Offset) }
        return (scalarCount, landmarks)
    }
}
