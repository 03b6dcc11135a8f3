/// Finds added tokens: the leftmost match, and of several there the longest.
struct AddedTokenMatcher: Sendable {
    /// A part of the searched bytes.
    enum Segment: Equatable {
        case text(Range<Int>)
        case token(id: Int32, Range<Int>)
    }

    private struct Pattern: Sendable {
        var bytes: [UInt8]
        var id: Int32
        var token: AddedToken
    }

    private let properties = ScalarProperties.shared
    /// By first byte, longest first; of equal patterns the first is kept.
    private var patterns = [[Pattern]](repeating: [], count: 256)
    private(set) var isEmpty = true

    /// Enters a token; `form` is the non-empty bytes that it has in the text that is searched.
    mutating func add(_ token: AddedToken, id: Int32, form: [UInt8]) {
        let first = Int(form[0])
        if patterns[first].contains(where: { $0.bytes == form }) { return }
        let place = patterns[first].firstIndex { $0.bytes.count < form.count } ?? patterns[first].count
        patterns[first].insert(Pattern(bytes: form, id: id, token: token), at: place)
        isEmpty = false
    }

    /// Calls `body` with the parts of valid UTF-8 in order.
    func forEachSegment<Bytes: RandomAccessCollection<UInt8>>(
        in bytes: Bytes,
        _ body: (Segment) -> Void
    ) where Bytes.Index == Int {
        if isEmpty {
            if !bytes.isEmpty { body(.text(bytes.startIndex..<bytes.endIndex)) }
            return
        }
        var textStart = bytes.startIndex
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let candidates = patterns[Int(bytes[index])]
            guard !candidates.isEmpty,
                let pattern = candidates.first(where: { bytes[index...].starts(with: $0.bytes) })
            else {
                index += 1
                continue
            }
            let match = index..<index + pattern.bytes.count
            // A match that is refused as not a word of its own is passed over as a whole.
            index = match.upperBound
            if pattern.token.isSingleWord && touchesWord(match, in: bytes) { continue }
            let token = widened(match, pattern.token, from: textStart, in: bytes)
            // White space that the token before took can be all that this one consists of.
            if token.isEmpty { continue }
            if textStart < token.lowerBound { body(.text(textStart..<token.lowerBound)) }
            body(.token(id: pattern.id, token))
            textStart = token.upperBound
        }
        if textStart < bytes.endIndex { body(.text(textStart..<bytes.endIndex)) }
    }

    private func touchesWord<Bytes: RandomAccessCollection<UInt8>>(
        _ match: Range<Int>,
        in bytes: Bytes
    ) -> Bool where Bytes.Index == Int {
        if match.lowerBound > bytes.startIndex {
            let before = UTF8Bytes.decodeLast(bytes, before: match.lowerBound).scalar
            if properties.isWordScalar(before) { return true }
        }
        if match.upperBound < bytes.endIndex {
            let after = UTF8Bytes.decode(bytes, at: match.upperBound).scalar
            if properties.isWordScalar(after) { return true }
        }
        return false
    }

    private func widened<Bytes: RandomAccessCollection<UInt8>>(
        _ match: Range<Int>,
        _ token: AddedToken,
        from textStart: Int,
        in bytes: Bytes
    ) -> Range<Int> where Bytes.Index == Int {
        var (start, end) = (match.lowerBound, match.upperBound)
        if token.stripsLeft {
            while start > bytes.startIndex {
                let (scalar, before) = UTF8Bytes.decodeLast(bytes, before: start)
                guard properties.flags(scalar).contains(.whitespace) else { break }
                start = before
            }
            start = max(start, textStart)
        }
        if token.stripsRight {
            while end < bytes.endIndex {
                let (scalar, count) = UTF8Bytes.decode(bytes, at: end)
                guard properties.flags(scalar).contains(.whitespace) else { break }
                end += count
            }
        }
        return start..<max(start, end)
    }
}
