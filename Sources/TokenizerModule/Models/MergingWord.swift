/// A word on its way from bytes to tokens: a linked list of tokens, and a heap of the pairs that can be merged.
struct MergingWord: Sendable {
    private struct Symbol {
        var id: Int32
        /// 0 when it has become part of the one before.
        var byteCount: Int32
        var previous: Int32
        /// -1 at the end.
        var next: Int32
    }

    private struct Candidate {
        /// Rank, then position: what is merged first is the smallest.
        var order: UInt64
        var newID: Int32

        var position: Int { Int(order & 0xFFFF_FFFF) }
    }

    private var symbols: [Symbol] = []
    private var heap: [Candidate] = []

    /// Starts with one token a byte.
    mutating func set(_ bytes: [UInt8], _ word: Range<Int>, _ byteIDs: [Int32]) {
        symbols.removeAll(keepingCapacity: true)
        var index: Int32 = 0
        for byte in bytes[word] {
            symbols.append(Symbol(id: byteIDs[Int(byte)], byteCount: 1, previous: index - 1, next: index + 1))
            index += 1
        }
        symbols[symbols.count - 1].next = -1
    }

    /// Merges until no pair is left that has a rank.
    mutating func merge(_ merges: MergeTable) {
        heap.removeAll(keepingCapacity: true)
        for index in 1..<max(1, symbols.count) { consider(index - 1, index, merges) }
        while let candidate = popFirst() {
            let position = candidate.position
            let left = symbols[position]
            guard left.byteCount > 0, left.next >= 0 else { continue }
            let right = symbols[Int(left.next)]
            // One of the two has become part of another token since.
            guard merges[left.id, right.id]?.newID == candidate.newID else { continue }
            symbols[Int(left.next)].byteCount = 0
            symbols[position].id = candidate.newID
            symbols[position].byteCount += right.byteCount
            symbols[position].next = right.next
            if right.next >= 0 {
                symbols[Int(right.next)].previous = Int32(position)
                consider(position, Int(right.next), merges)
            }
            if left.previous >= 0 { consider(Int(left.previous), position, merges) }
        }
    }

    /// Calls `body` with each token and the number of its bytes.
    @inline(__always)
    func forEachToken(_ body: (Int32, Int) -> Void) {
        var index = 0
        while index >= 0 {
            body(symbols[index].id, Int(symbols[index].byteCount))
            index = Int(symbols[index].next)
        }
    }

    @inline(__always)
    private mutating func consider(_ left: Int, _ right: Int, _ merges: MergeTable) {
        guard let merge = merges[symbols[left].id, symbols[right].id] else { return }
        heap.append(Candidate(order: UInt64(merge.rank) << 32 | UInt64(left), newID: merge.newID))
        var index = heap.count - 1
        while index > 0, heap[index].order < heap[(index - 1) / 2].order {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func popFirst() -> Candidate? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].order < heap[child].order { child += 1 }
            guard heap[child].order < last.order else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return first
    }
}
