import TokenizerModule

/// Where an answer begins and ends in the text, given its first and last token.
///
/// Offsets of tokens are not enough:
/// - A normalizer drops marks (accents of decomposed text, vowel points, variation selectors), so that no token covers them.
///   Where they follow a token's last letter, they belong to the answer.
/// - Byte-level and SentencePiece tokens may hold white space. An answer neither begins nor ends with it.
/// - A stretch of text without spaces that has more tokens than an answer may have (a checksum, an address) would be cut. An
///   answer that begins or ends in one takes all of it, without the punctuation around it; one that is longer than
///   `longestStretch` is no answer at all.
///
/// Hugging Face's script goes by the offsets alone. Exceptions to them are few, so only those are stored.
package struct AnswerBounds: Sendable, Equatable {
    /// The scalars of the longest stretch that is an answer.
    static let longestStretch = 500

    /// Where the text of a token begins and ends, where that is not what its offsets say.
    private var bounds: [Int: Range<ScalarOffset>] = [:]
    /// The tokens that hold nothing but white space.
    private var blanks: Set<Int> = []
    /// Text without spaces that is made of more than `fewTokens` tokens, in order.
    private var stretches: [Stretch] = []
    private let offsets: [Range<ScalarOffset>]

    private struct Stretch: Equatable {
        var tokens: Range<Int>
        var text: Range<ScalarOffset>
    }

    /// Stretches of so few tokens are of no interest, whatever the settings.
    private static let fewTokens = 4

    init(text: String, tokens: TokenizedText) {
        offsets = tokens.offsets
        let scalars = Array(text.unicodeScalars)
        for (token, range) in tokens.offsets.enumerated() { note(token, range, in: scalars) }
        findStretches(in: scalars)
    }

    /// Whether no token holds text.
    var isBlank: Bool { blanks.count == offsets.count }

    /// Where a token ends, with the marks behind its last letter.
    func end(of token: Int) -> ScalarOffset {
        max(offsets[token].upperBound, bounds[token]?.upperBound ?? 0)
    }

    /// The text of an answer.
    ///
    /// - Parameters:
    ///   - tokens: Its first and last token.
    ///   - maximumLength: The most tokens that an answer may have.
    /// - Returns: Where it stands; empty when there is no text.
    func range(of tokens: ClosedRange<Int>, maximumLength: Int) -> Range<ScalarOffset> {
        var (first, last) = (tokens.lowerBound, tokens.upperBound)
        if !blanks.isEmpty {
            while first <= last, blanks.contains(first) { first += 1 }
            while first <= last, blanks.contains(last) { last -= 1 }
        }
        guard first <= last else {
            let start = offsets[tokens.lowerBound].lowerBound
            return start..<start
        }
        var start = offsets[first].lowerBound
        var end = offsets[last].upperBound
        if !bounds.isEmpty {
            start = bounds[first]?.lowerBound ?? start
            end = bounds[last]?.upperBound ?? end
        }
        if !stretches.isEmpty {
            for token in [first, last] {
                guard let stretch = stretch(of: token), stretch.tokens.count > maximumLength,
                    stretch.text.overlaps(start..<max(start + 1, end))
                else { continue }
                guard stretch.text.count <= Self.longestStretch else { return start..<start }
                start = min(start, stretch.text.lowerBound)
                end = max(end, stretch.text.upperBound)
            }
        }
        return start..<max(start, end)
    }

    private func stretch(of token: Int) -> Stretch? {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].tokens.upperBound <= token { low = middle + 1 } else { high = middle }
        }
        guard low < stretches.count, stretches[low].tokens.contains(token) else { return nil }
        return stretches[low]
    }

    /// Stores what differs from the offsets of a token.
    private mutating func note(_ token: Int, _ range: Range<ScalarOffset>, in scalars: [Unicode.Scalar]) {
        guard !range.isEmpty, range.upperBound <= scalars.count else { return }
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, scalars[start].properties.isWhitespace { start += 1 }
        guard start < end else {
            blanks.insert(token)
            return
        }
        while scalars[end - 1].properties.isWhitespace { end -= 1 }
        let covered = token > 0 ? offsets[token - 1].upperBound : 0
        while start > covered, scalars[start].extendsGrapheme { start -= 1 }
        if end == range.upperBound {
            let next = token + 1 < offsets.count ? offsets[token + 1].lowerBound : scalars.count
            while end < next, scalars[end].extendsGrapheme { end += 1 }
        }
        if start..<end != range { bounds[token] = start..<end }
    }

    private mutating func findStretches(in scalars: [Unicode.Scalar]) {
        var firstToken = 0
        var position = 0
        while position < scalars.count {
            guard scalars[position].isPartOfSpacedText else {
                position += 1
                continue
            }
            let start = position
            while position < scalars.count, scalars[position].isPartOfSpacedText { position += 1 }
            while firstToken < offsets.count, offsets[firstToken].upperBound <= start { firstToken += 1 }
            var lastToken = firstToken
            while lastToken < offsets.count, offsets[lastToken].lowerBound < position { lastToken += 1 }
            if lastToken - firstToken > Self.fewTokens {
                var text = start..<position
                while let first = text.first, scalars[first].isPunctuation { text.removeFirst() }
                while let last = text.last, scalars[last].isPunctuation { text.removeLast() }
                stretches.append(Stretch(tokens: firstToken..<lastToken, text: text))
            }
            firstToken = max(firstToken, lastToken - 1)
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is of one character with what stands before it.
    fileprivate var extendsGrapheme: Bool {
        value >= 0x300
            && (properties.isGraphemeExtend || value == 0x200D || properties.generalCategory == .spacingMark)
    }

    /// Whether it is neither white space nor of a script that writes words without spaces between them.
    fileprivate var isPartOfSpacedText: Bool {
        if value < 0x80 { return value > 0x20 && value != 0x7F }
        switch value {
        case 0x0E00...0x109F, 0x1780...0x17FF: return false  // Thai, Lao, Tibetan, Myanmar, Khmer
        case 0x3000...0x30FF, 0x31F0...0x31FF, 0xFF00...0xFFEF: return false  // kana, wide forms
        default: return !properties.isWhitespace && !properties.isIdeographic
        }
    }

    /// Whether it may stand around a word without being of it.
    fileprivate var isPunctuation: Bool {
        switch properties.generalCategory {
        case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
