/// GPT-2's pre-tokenizer; the words stay bytes, which `BytePairEncoding` reads without their printable stand-ins.
///
/// The pattern, written out by hand:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
struct ByteLevelSplitter: Sendable, Equatable {
    /// Whether a text that does not begin with a space gets one.
    var addsPrefixSpace = false
    /// Whether the pattern is applied; otherwise the text is one word.
    var splits = true

    /// As `cut(_:_:into:)`, in a copy of the word with a space before it.
    func cutAfterSpace(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        into output: inout NormalizedText,
        _ words: inout [Range<Int>]
    ) {
        let start = output.bytes.count
        if text.bytes[word.lowerBound] != 0x20 {
            output.append(byte: 0x20, origin: text.origins[word.lowerBound])
        }
        output.append(word, of: text)
        cut(output.bytes, start..<output.bytes.count, into: &words)
    }

    /// Appends the words of a part of valid UTF-8.
    func cut(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        guard splits else { return words.append(range) }
        bytes.withUnsafeBufferPointer { bytes in
            var start = range.lowerBound
            while start < range.upperBound {
                let end = Self.wordEnd(bytes, start..<range.upperBound)
                words.append(start..<end)
                start = end
            }
        }
    }

    private enum Kind: UInt8 {
        case other, letter, number, space

        init(_ categories: ScalarCategories) {
            if categories.contains(.letter) {
                self = .letter
            } else if categories.contains(.number) {
                self = .number
            } else {
                self = categories.contains(.space) ? .space : .other
            }
        }
    }

    private static let asciiKinds: [Kind] = (0..<128).map { Kind(ScalarCategoryTable.shared[$0]) }

    @inline(__always)
    private static func kind(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (kind: Kind, count: Int) {
        let byte = bytes[index]
        if byte < 0x80 {
            if byte | 0x20 &- 0x61 < 26 { return (.letter, 1) }
            return (asciiKinds[Int(byte)], 1)
        }
        let (scalar, count) = UTF8Bytes.decode(bytes, at: index)
        return (Kind(ScalarCategoryTable.shared[scalar]), count)
    }

    /// The end of the run of scalars of one kind from `start` on, and where its last scalar begins.
    @inline(__always)
    private static func runEnd(
        of kind: Kind,
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        to end: Int
    ) -> (end: Int, last: Int) {
        var (index, last) = (start, start)
        while index < end {
            let next = Self.kind(bytes, at: index)
            guard next.kind == kind else { break }
            last = index
            index += next.count
        }
        return (index, last)
    }

    /// The end of the first match in a range that is not empty: there always is one, and it begins the range.
    @inline(__always)
    private static func wordEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        let (start, end) = (range.lowerBound, range.upperBound)
        if bytes[start] == UInt8(ascii: "'"), let contraction = contractionEnd(bytes, range) {
            return contraction
        }
        var first = kind(bytes, at: start)
        if bytes[start] == 0x20, start + 1 < end {
            let second = kind(bytes, at: start + 1)
            if second.kind != .space { first = (second.kind, 1 + second.count) }
        }
        let run = runEnd(of: first.kind, bytes, from: start + first.count, to: end)
        guard first.kind == .space else { return run.end }
        // Spaces before a word leave it the last one, if that is not all that they are.
        let isOne = run.end == start + first.count
        return run.end == end || isOne ? run.end : run.last
    }

    /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`.
    private static func contractionEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        let (start, count) = (range.lowerBound, range.count)
        guard count > 1 else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return count > 2 && bytes[start + 2] == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return count > 2 && bytes[start + 2] == UInt8(ascii: "l") ? start + 3 : nil
        default: return nil
        }
    }
}
