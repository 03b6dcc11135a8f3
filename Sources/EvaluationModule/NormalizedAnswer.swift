import FileModule

/// An answer reduced to what the SQuAD v1.1, SQuAD 2.0 and MRQA scripts compare.
///
/// Lower-case; ASCII punctuation deleted; the words a, an, the replaced by a space; white space collapsed. All on
/// Unicode scalars, as Python does, so that scores equal the official ones to the last digit. Scalars that were
/// assigned after the Unicode version of the Python that one compares with may be classified otherwise there.
public struct NormalizedAnswer: Equatable, Sendable {
    /// The words, joined by single spaces.
    public let text: String
    /// The words.
    let tokens: [ExactString]

    /// Normalises an answer.
    public init(_ answer: String) {
        let words = Self.words(answer)
        text = words.joined(separator: " ")
        tokens = words.map(ExactString.init)
    }

    /// Whether both are the same scalars (EM of one reference).
    public func exactlyMatches(_ reference: NormalizedAnswer) -> Bool {
        text.utf8.elementsEqual(reference.text.utf8)
    }

    /// Whether the words are the same.
    public static func == (lhs: NormalizedAnswer, rhs: NormalizedAnswer) -> Bool { lhs.exactlyMatches(rhs) }

    /// F1 of this prediction over the words as multisets, 2PR/(P+R); 0 when no word is common.
    ///
    /// Two empty answers score 0, although they match exactly: so do the SQuAD v1.1 and MRQA scripts.
    public func f1(against reference: NormalizedAnswer) -> Double {
        var counts: [ExactString: Int] = [:]
        for token in reference.tokens { counts[token, default: 0] += 1 }
        var common = 0
        for token in tokens {
            if let count = counts[token], count > 0 {
                counts[token] = count - 1
                common += 1
            }
        }
        guard common > 0 else { return 0 }
        let precision = Double(common) / Double(tokens.count)
        let recall = Double(common) / Double(reference.tokens.count)
        // In the order of the official scripts, so that rounding is the same.
        return (2 * precision * recall) / (precision + recall)
    }

    private static func words(_ answer: String) -> [String] {
        let lowered = PythonText.lowercased(answer).filter { !isPunctuation($0) }
        let separated = replacingArticles(lowered)
        return separated.split(whereSeparator: PythonText.isSpace).map { word in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: word)
            return String(view)
        }
    }

    /// The 32 punctuation scalars of ASCII (Python's `string.punctuation`).
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Replaces each maximal run of word scalars that is an article by a space: Python's `\b(a|an|the)\b`.
    private static func replacingArticles(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        var index = 0
        while index < scalars.count {
            guard PythonText.isWord(scalars[index]) else {
                result.append(scalars[index])
                index += 1
                continue
            }
            let start = index
            while index < scalars.count, PythonText.isWord(scalars[index]) { index += 1 }
            let word = scalars[start..<index]
            let isArticle = articles.contains { $0.elementsEqual(word) }
            if isArticle { result.append(" ") } else { result += word }
        }
        return result
    }

    private static let articles: [[Unicode.Scalar]] = [["a"], ["a", "n"], ["t", "h", "e"]]
}
