/// The merges as a file has them, by rank.
struct MergeList: Sendable {
    /// Left and right token, the right one following the left one in `bytes`.
    struct Entry: Sendable {
        var start: Int
        var middle: Int
        var end: Int
    }

    var bytes: [UInt8] = []
    var entries: [Entry] = []
}

/// From pairs of tokens to the rank of their merge and what it gives: an open-addressing hash table.
struct MergeTable: Sendable {
    struct Merge {
        var rank: UInt32
        var newID: Int32
    }

    private struct Slot: Sendable {
        var pair = UInt64.max
        var rank: UInt32 = 0
        var newID: Int32 = 0
    }

    /// A power of two, at least twice the number of merges: a probe always ends.
    private var slots: [Slot]

    /// - Throws: `unknownMergeToken`, `duplicateMerge`.
    init(_ list: MergeList, vocabulary: Vocabulary, file: String) throws(TokenizerError) {
        var slotCount = 16
        while slotCount < 2 * list.entries.count { slotCount *= 2 }
        slots = [Slot](repeating: Slot(), count: slotCount)
        for (rank, entry) in list.entries.enumerated() {
            func id(_ start: Int, _ end: Int) throws(TokenizerError) -> Int32 {
                let token = list.bytes[start..<end]
                guard let id = vocabulary.id(ofBytes: token) else {
                    throw .unknownMergeToken(
                        file: file,
                        rank: rank,
                        token: String(decoding: token, as: UTF8.self)
                    )
                }
                return id
            }
            let pair = Self.pair(try id(entry.start, entry.middle), try id(entry.middle, entry.end))
            let newID = try id(entry.start, entry.end)
            var index = slotIndex(pair)
            while slots[index].pair != .max {
                if slots[index].pair == pair { throw .duplicateMerge(file: file, rank: rank) }
                index = (index + 1) & (slots.count - 1)
            }
            slots[index] = Slot(pair: pair, rank: UInt32(truncatingIfNeeded: rank), newID: newID)
        }
    }

    /// The merge of two tokens, nil when they have none.
    @inline(__always)
    subscript(left: Int32, right: Int32) -> Merge? {
        let pair = Self.pair(left, right)
        var index = slotIndex(pair)
        while true {
            let slot = slots[index]
            if slot.pair == pair { return Merge(rank: slot.rank, newID: slot.newID) }
            if slot.pair == .max { return nil }
            index = (index + 1) & (slots.count - 1)
        }
    }

    @inline(__always)
    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slotIndex(_ pair: UInt64) -> Int {
        let hash = pair &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    }
}
