/// BERT's pre-tokenizer: words are what lies between white space, and every punctuation scalar is a word.
struct BertWordSplitter: Sendable {
    private enum Kind: UInt8 {
        case word, space, punctuation
    }

    private let properties: ScalarProperties
    private let asciiKinds: [Kind]

    init() {
        let properties = ScalarProperties.shared
        self.properties = properties
        asciiKinds = (0..<128).map { Self.kind(properties.flags($0)) }
    }

    /// Calls `body` with the byte range of each word of a part of valid UTF-8, in order.
    @inline(__always)
    func forEachWord(in bytes: [UInt8], range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var wordStart = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            var count = 1
            let kind: Kind
            if byte < 0x80 {
                kind = asciiKinds[Int(byte)]
            } else {
                let decoded = UTF8Bytes.decode(bytes, at: index)
                count = decoded.count
                kind = Self.kind(properties.flags(decoded.scalar))
            }
            if kind != .word {
                if wordStart < index { body(wordStart..<index) }
                if kind == .punctuation { body(index..<index + count) }
                wordStart = index + count
            }
            index += count
        }
        if wordStart < range.upperBound { body(wordStart..<range.upperBound) }
    }

    private static func kind(_ flags: ScalarFlags) -> Kind {
        if flags.contains(.whitespace) { return .space }
        return flags.contains(.punctuation) ? .punctuation : .word
    }
}
