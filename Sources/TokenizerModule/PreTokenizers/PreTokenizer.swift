/// One step of cutting a text into words.
enum PreTokenizer: Sendable, Equatable {
    case bert
    case whitespace
    case metaspace(MetaspaceSplitter)
    case byteLevel(ByteLevelSplitter)
}

/// A text and the words that it has been cut into so far.
struct SplitText {
    var text = NormalizedText()
    /// Ranges of `text.bytes`, in order, none of them empty.
    var words: [Range<Int>] = []
    private var newText = NormalizedText()
    private var newWords: [Range<Int>] = []
    private let bertSplitter = BertWordSplitter()

    /// Cuts every word further.
    mutating func cut(with step: PreTokenizer) {
        newWords.removeAll(keepingCapacity: true)
        switch step {
        case .bert:
            for word in words {
                bertSplitter.forEachWord(in: text.bytes, range: word) { newWords.append($0) }
            }
        case .whitespace:
            for word in words { WhitespaceSplitter.cut(text.bytes, word, into: &newWords) }
        case .metaspace(let splitter):
            newText.clear(firstScalar: text.firstScalar)
            for word in words { splitter.cut(word, of: text, into: &newText, &newWords) }
            swap(&text, &newText)
        case .byteLevel(let splitter):
            if splitter.addsPrefixSpace {
                newText.clear(firstScalar: text.firstScalar)
                for word in words { splitter.cutAfterSpace(word, of: text, into: &newText, &newWords) }
                swap(&text, &newText)
            } else {
                for word in words { splitter.cut(text.bytes, word, into: &newWords) }
            }
        }
        swap(&words, &newWords)
    }
}

/// Cuts at white space, which goes.
enum WhitespaceSplitter {
    static func cut(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        let properties = ScalarProperties.shared
        var (start, index) = (range.lowerBound, range.lowerBound)
        while index < range.upperBound {
            let byte = bytes[index]
            var count = 1
            let isSpace: Bool
            if byte < 0x80 {
                isSpace = byte == 0x20 || byte &- 0x09 < 5
            } else {
                let (scalar, length) = UTF8Bytes.decode(bytes, at: index)
                count = length
                isSpace = properties.flags(scalar).contains(.whitespace)
            }
            if isSpace {
                if start < index { words.append(start..<index) }
                start = index + count
            }
            index += count
        }
        if start < range.upperBound { words.append(start..<range.upperBound) }
    }
}
