/// What a file says of a Unigram model; the pieces are the vocabulary.
struct UnigramDefinition: Sendable {
    /// The logarithm of each piece's probability, by id.
    var scores: [Double] = []
    /// nil: a text with an unknown scalar has no tokens for it.
    var unknownID: Int?
    /// Whether the bytes of what is unknown become tokens such as `<0xE9>`.
    var fallsBackToBytes = false
}

/// The best way found to reach a byte of the word.
struct UnigramPath: Sendable {
    var score = 0.0
    /// -1: no way has been found yet.
    var start: Int32 = -1
    var id: Int32 = 0
}

/// SentencePiece's Unigram model: of all ways to cut a word into pieces the one with the highest sum of scores.
struct Unigram: Sendable {
    let vocabulary: Vocabulary
    private let trie: ByteTrie
    private let scores: [Double]
    private let unknownID: Int32
    /// Less than any piece's score, so that unknown scalars are the last resort.
    private let unknownScore: Double
    /// The token of each byte, nil where unknown bytes are unknown.
    private let byteIDs: [Int32]?

    /// - Throws: `invalidValue`, `missingField`.
    init(
        vocabulary: Vocabulary,
        _ definition: UnigramDefinition,
        file: String
    ) throws(TokenizerError) {
        let unknown = try required(definition.unknownID, "model.unk_id", in: file)
        guard 0..<vocabulary.count ~= unknown else {
            throw .invalidValue(
                file: file,
                field: "model.unk_id",
                problem: "is \(unknown), which no piece has"
            )
        }
        guard definition.scores.allSatisfy(\.isFinite) else {
            throw .invalidValue(
                file: file,
                field: "model.vocab",
                problem: "has a score that is no finite number"
            )
        }
        self.vocabulary = vocabulary
        trie = try ByteTrie(vocabulary, file: file)
        scores = definition.scores
        unknownID = Int32(unknown)
        unknownScore = (scores.min() ?? 0) - 10
        let bytes = (0..<256).compactMap { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return vocabulary.id(of: "<0x\(digits.count == 1 ? "0" : "")\(digits)>")
        }
        // Deviation: Hugging Face asks for the bytes of one piece only; a model has all of them or none.
        byteIDs = definition.fallsBackToBytes && bytes.count == 256 ? bytes : nil
    }

    /// Appends the tokens of one word.
    ///
    /// - Parameters:
    ///   - word: a non-empty range of `text.bytes` that begins and ends between scalars.
    ///   - text: the text.
    ///   - paths: scratch, kept between calls.
    ///   - body: called with each token and its range of `text.bytes`.
    @inline(__always)
    func forEachToken(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        paths: inout [UnigramPath],
        _ body: (Int32, Range<Int>) -> Void
    ) {
        findPaths(word, of: text, &paths)
        // The paths lead backwards: turn their links around.
        var end = word.count
        var next = -1
        while end > 0 {
            let start = Int(paths[end].start)
            paths[end].start = Int32(next)
            next = end
            end = start
        }
        var start = 0
        while next >= 0 {
            var end = next
            let id = paths[end].id
            next = Int(paths[end].start)
            // Unknown scalars side by side are one token.
            while id == unknownID, next >= 0, paths[next].id == unknownID {
                end = next
                next = Int(paths[end].start)
            }
            let range = word.lowerBound + start..<word.lowerBound + end
            if id == unknownID {
                appendUnknown(range, of: text, body)
            } else {
                body(id, range)
            }
            start = end
        }
    }

    private func findPaths(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        _ paths: inout [UnigramPath]
    ) {
        paths.removeAll(keepingCapacity: true)
        paths.append(contentsOf: repeatElement(UnigramPath(), count: word.count + 1))
        text.bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < word.count {
                let soFar = paths[start].score
                let length = UTF8Bytes.length(ofLead: bytes[word.lowerBound + start])
                var hasScalar = false
                var (node, end) = (ByteTrie.root, start)
                while end < word.count, let child = trie.child(of: node, bytes[word.lowerBound + end]) {
                    (node, end) = (child, end + 1)
                    guard let id = trie.id(of: node) else { continue }
                    if end - start == length { hasScalar = true }
                    let score = scores[Int(id)] + soFar
                    if paths[end].start < 0 || score > paths[end].score {
                        paths[end] = UnigramPath(score: score, start: Int32(start), id: id)
                    }
                }
                if !hasScalar {
                    let score = unknownScore + soFar
                    if paths[start + length].start < 0 || score > paths[start + length].score {
                        paths[start + length] = UnigramPath(score: score, start: Int32(start), id: unknownID)
                    }
                }
                start += length
            }
        }
    }

    private func appendUnknown(
        _ range: Range<Int>,
        of text: borrowing NormalizedText,
        _ body: (Int32, Range<Int>) -> Void
    ) {
        // Together they can be a piece that the best path did not have.
        if let id = vocabulary.id(ofBytes: text.bytes[range]) {
            body(id, range)
        } else if let byteIDs {
            for byte in text.bytes[range] { body(byteIDs[Int(byte)], range) }
        } else {
            body(unknownID, range)
        }
    }
}
