/// A trie over bytes, as a hash table from node and byte to child.
struct ByteTrie: Sendable {
    static let root: UInt32 = 0

    private struct Slot: Sendable {
        /// Node and byte; `UInt32.max` is free.
        var key = UInt32.max
        var child: UInt32 = 0
    }

    /// A power of two, at least twice the number of nodes: a probe always ends.
    private var slots: [Slot]
    /// The token that ends at each node, -1 where none does.
    private var ids: [Int32] = [-1]

    /// Enters all tokens that are not empty.
    ///
    /// - Throws: `invalidValue` when the tokens have more bytes than a trie can hold.
    init(_ vocabulary: Vocabulary, file: String) throws(TokenizerError) {
        let tokens = (0..<Int32(vocabulary.count)).compactMap { id in
            vocabulary.token(id).map { (id, $0) }
        }
        let byteCount = tokens.reduce(0) { $0 + $1.1.count }
        guard byteCount < 1 << 24 - 1 else {
            throw .invalidValue(file: file, field: "model.vocab", problem: "has more than 16 MB of tokens")
        }
        var slotCount = 256
        while slotCount < 2 * byteCount { slotCount *= 2 }
        slots = [Slot](repeating: Slot(), count: slotCount)
        for (id, token) in tokens where !token.isEmpty {
            var node = Self.root
            for byte in token { node = child(of: node, byte) ?? addChild(of: node, byte) }
            ids[Int(node)] = id
        }
    }

    /// The node that a byte leads to, nil when no token goes on with it.
    @inline(__always)
    func child(of node: UInt32, _ byte: UInt8) -> UInt32? {
        let key = node << 8 | UInt32(byte)
        var index = slotIndex(key)
        while true {
            let slot = slots[index]
            if slot.key == key { return slot.child }
            if slot.key == .max { return nil }
            index = (index + 1) & (slots.count - 1)
        }
    }

    /// The token that ends at a node.
    @inline(__always)
    func id(of node: UInt32) -> Int32? {
        let id = ids[Int(node)]
        return id < 0 ? nil : id
    }

    private mutating func addChild(of node: UInt32, _ byte: UInt8) -> UInt32 {
        let child = UInt32(ids.count)
        ids.append(-1)
        let key = node << 8 | UInt32(byte)
        var index = slotIndex(key)
        while slots[index].key != .max { index = (index + 1) & (slots.count - 1) }
        slots[index] = Slot(key: key, child: child)
        return child
    }

    @inline(__always)
    private func slotIndex(_ key: UInt32) -> Int {
        Int((UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
    }
}
