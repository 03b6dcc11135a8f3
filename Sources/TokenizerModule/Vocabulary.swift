/// The tokens of a model by id, and their ids by UTF-8 bytes, without a `String` a token.
struct Vocabulary: Sendable {
    /// One token as a vocabulary file has it: where its bytes are and which id it got.
    struct Entry: Sendable {
        var start: Int
        var count: Int
        var id: Int
    }

    /// The bytes of all tokens, one after the other.
    private let bytes: [UInt8]
    /// Where the token of each id begins and how long it is.
    private let starts: [UInt32]
    private let counts: [UInt32]
    private let words: ByteStringTable
    private let continuations: ByteStringTable
    /// Bytes of the longest token, as a word's first piece and as a later one (without the prefix).
    let longestPiece: Int

    var count: Int { starts.count }

    /// Builds the tables.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that `entries` point into.
    ///   - entries: every token once, with the ids 0 ..< count in any order.
    ///   - continuationPrefix: what marks a piece that does not begin a word, `##`; nil where nothing does.
    ///   - file: for the errors.
    /// - Throws: `duplicateToken`, `duplicateID`, `missingID`, `idOutOfRange`, `invalidValue`.
    init(
        bytes: [UInt8],
        entries: [Entry],
        continuationPrefix: [UInt8]?,
        file: String
    ) throws(TokenizerError) {
        guard !entries.isEmpty else {
            throw .invalidValue(file: file, field: "vocab", problem: "has no tokens")
        }
        guard bytes.count <= Int(UInt32.max) else {
            throw .invalidValue(file: file, field: "vocab", problem: "is longer than 4 GB")
        }
        let unset = UInt32.max
        var starts = [UInt32](repeating: unset, count: entries.count)
        var counts = [UInt32](repeating: 0, count: entries.count)
        var outlyingID: Int?
        for entry in entries {
            guard entry.id >= 0, entry.id <= Int(Int32.max) else {
                throw .idOutOfRange(file: file, id: entry.id)
            }
            guard entry.id < entries.count else {
                outlyingID = entry.id
                continue
            }
            guard starts[entry.id] == unset else { throw .duplicateID(file: file, id: entry.id) }
            starts[entry.id] = UInt32(entry.start)
            counts[entry.id] = UInt32(entry.count)
        }
        if outlyingID != nil, let gap = starts.firstIndex(of: unset) {
            throw .missingID(file: file, id: gap)
        }

        var words = ByteStringTable(capacity: entries.count)
        var continuations = ByteStringTable(capacity: continuationPrefix == nil ? 0 : entries.count)
        var longest = 0
        for id in starts.indices {
            let range = Int(starts[id])..<Int(starts[id]) + Int(counts[id])
            guard words.insert(bytes, range, id: Int32(id)) else {
                throw .duplicateToken(file: file, token: String(decoding: bytes[range], as: UTF8.self))
            }
            if let continuationPrefix, bytes[range].starts(with: continuationPrefix) {
                let piece = range.lowerBound + continuationPrefix.count..<range.upperBound
                // Distinct tokens are distinct without their common prefix.
                _ = continuations.insert(bytes, piece, id: Int32(id))
            }
            longest = max(longest, range.count)
        }
        self.bytes = bytes
        self.starts = starts
        self.counts = counts
        self.words = words
        self.continuations = continuations
        longestPiece = longest
    }

    /// The UTF-8 bytes of a token, nil when no token has the id.
    func token(_ id: Int32) -> ArraySlice<UInt8>? {
        guard id >= 0, Int(id) < starts.count else { return nil }
        let start = Int(starts[Int(id)])
        return bytes[start..<start + Int(counts[Int(id)])]
    }

    /// The id of a whole token, its prefix included, nil when there is none.
    func id(of token: String) -> Int32? { id(ofBytes: Array(token.utf8)[...]) }

    /// The id of a whole token, given as UTF-8.
    func id(ofBytes token: ArraySlice<UInt8>) -> Int32? {
        words.id(of: token, hash: ByteStringTable.hash(token), tokenBytes: bytes)
    }

    /// The id of a piece of a word that is given without the prefix, nil when there is none.
    ///
    /// The hash is `ByteStringTable.hash` of the piece.
    @inline(__always)
    func id(ofPiece piece: ArraySlice<UInt8>, hash: UInt64, beginsWord: Bool) -> Int32? {
        beginsWord
            ? words.id(of: piece, hash: hash, tokenBytes: bytes)
            : continuations.id(of: piece, hash: hash, tokenBytes: bytes)
    }
}
