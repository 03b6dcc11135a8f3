/// An open-addressing hash table from byte strings, which lie in somebody else's buffer, to ids.
struct ByteStringTable: Sendable {
    private struct Slot: Sendable {
        /// The upper half of the hash, so that nearly every miss is seen without reading the string.
        var tag: UInt32 = 0
        var id: Int32 = Slot.empty
        var start: UInt32 = 0
        var count: UInt32 = 0

        static let empty: Int32 = -1
    }

    /// A power of two, at least twice the number of strings: a probe always ends.
    private var slots: [Slot]

    init(capacity: Int) {
        var slotCount = 16
        while slotCount < 2 * capacity { slotCount *= 2 }
        slots = [Slot](repeating: Slot(), count: slotCount)
    }

    /// FNV-1a, 64 bits: extends to the next byte, so that one pass hashes every prefix of a word.
    static let emptyHash: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    static func extend(_ hash: UInt64, by byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(emptyHash, extend)
    }

    /// Enters a string, or returns false when it is there already.
    mutating func insert(_ bytes: [UInt8], _ range: Range<Int>, id: Int32) -> Bool {
        let hash = Self.hash(bytes[range])
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var index = slotIndex(hash)
        while slots[index].id != Slot.empty {
            if slots[index].tag == tag, matches(slots[index], bytes[range], bytes) { return false }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(
            tag: tag,
            id: id,
            start: UInt32(range.lowerBound),
            count: UInt32(range.count)
        )
        return true
    }

    /// The id of a string, nil when it was not entered.
    @inline(__always)
    func id(of key: ArraySlice<UInt8>, hash: UInt64, tokenBytes: [UInt8]) -> Int32? {
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var index = slotIndex(hash)
        while slots[index].id != Slot.empty {
            if slots[index].tag == tag, matches(slots[index], key, tokenBytes) { return slots[index].id }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func slotIndex(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)
    }

    @inline(__always)
    private func matches(_ slot: Slot, _ key: ArraySlice<UInt8>, _ tokenBytes: [UInt8]) -> Bool {
        guard Int(slot.count) == key.count else { return false }
        var index = Int(slot.start)
        for byte in key {
            if tokenBytes[index] != byte { return false }
            index += 1
        }
        return true
    }
}
