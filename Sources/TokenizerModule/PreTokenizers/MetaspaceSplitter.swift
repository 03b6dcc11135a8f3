/// SentencePiece's way with spaces: each becomes a visible scalar, which begins a word.
struct MetaspaceSplitter: Sendable, Equatable {
    /// Which words get the scalar put before them, if they do not begin with it.
    enum Prepending: String, Sendable {
        case always
        /// Only the word that begins where the original text begins.
        case first
        case never
    }

    /// UTF-8 of one scalar, `▁`.
    var replacement: [UInt8] = Array("\u{2581}".utf8)
    var prepending = Prepending.always
    var splits = true

    /// Appends a word's new text to `output` and the words that it is cut into to `words`.
    func cut(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        into output: inout NormalizedText,
        _ words: inout [Range<Int>]
    ) {
        var start = output.bytes.count
        let firstOrigin = text.origins[word.lowerBound]
        let hasMark =
            text.bytes[word.lowerBound] == 0x20 || text.bytes[word].starts(with: replacement)
        let isPrepended =
            switch prepending {
            case .always: !hasMark
            case .first: !hasMark && firstOrigin == 0
            case .never: false
            }
        if isPrepended {
            for byte in replacement { output.append(byte: byte, origin: firstOrigin) }
        }
        for index in word {
            let byte = text.bytes[index]
            if splits, output.bytes.count > start {
                let isMark =
                    byte == 0x20
                    || byte == replacement[0] && text.bytes[index..<word.upperBound].starts(with: replacement)
                if isMark {
                    words.append(start..<output.bytes.count)
                    start = output.bytes.count
                }
            }
            if byte == 0x20 {
                for byte in replacement { output.append(byte: byte, origin: text.origins[index]) }
            } else {
                output.append(byte: byte, origin: text.origins[index])
            }
        }
        words.append(start..<output.bytes.count)
    }
}
