/// Tokens of words met before: one place for each hash, the newest word keeps it.
struct WordCache: Sendable {
    /// Up to sixteen bytes of a word, whole: different words never meet.
    struct Key: Equatable {
        fileprivate var low: UInt64 = 0
        fileprivate var high: UInt64 = 0
        fileprivate var count: UInt8

        /// nil when the word is too long.
        @inline(__always)
        init?(_ bytes: [UInt8], _ word: Range<Int>) {
            guard word.count <= 16 else { return nil }
            count = UInt8(word.count)
            bytes.withUnsafeBytes { bytes in
                let start = word.lowerBound
                for index in 0..<min(8, word.count) {
                    low |= UInt64(bytes[start + index]) << UInt64(8 * index)
                }
                if word.count > 8 {
                    for index in 8..<word.count {
                        high |= UInt64(bytes[start + index]) << UInt64(8 * index - 64)
                    }
                }
            }
        }

        @inline(__always)
        fileprivate var slot: Int {
            let hash = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
            return Int(truncatingIfNeeded: hash >> 51)  // 13 bits
        }
    }

    /// Up to four tokens and the byte of the word at which each ends.
    struct Tokens {
        var count: UInt8 = 0
        var ends: SIMD4<UInt8> = .zero
        var ids: SIMD4<Int32> = .zero
    }

    private struct Slot {
        var key: Key
        var tokens: Tokens
    }

    private var slots: [Slot?] = []

    /// The tokens of a word, if they are here.
    @inline(__always)
    subscript(key: Key) -> Tokens? {
        guard !slots.isEmpty, let slot = slots[key.slot], slot.key == key else { return nil }
        return slot.tokens
    }

    /// Enters the tokens of a word, if they are not too many.
    mutating func insert(_ key: Key, _ word: borrowing MergingWord) {
        var tokens = Tokens()
        var (count, end) = (0, 0)
        word.forEachToken { id, byteCount in
            end += byteCount
            if count < 4 {
                tokens.ids[count] = id
                tokens.ends[count] = UInt8(end)
            }
            count += 1
        }
        guard count <= 4 else { return }
        tokens.count = UInt8(count)
        if slots.isEmpty { slots = [Slot?](repeating: nil, count: 1 << 13) }
        slots[key.slot] = Slot(key: key, tokens: tokens)
    }
}
