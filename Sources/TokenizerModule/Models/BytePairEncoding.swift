/// Byte-level BPE: the bytes of a word are tokens at first; then, again and again, the pair with the lowest rank
/// becomes one.
struct BytePairEncoding: Sendable {
    let vocabulary: Vocabulary
    private let merges: MergeTable
    /// The token of each byte.
    private let byteIDs: [Int32]
    /// Whole words that are tokens whatever the merges make of them; nil where merges decide.
    private let wholeWords: ByteAlphabet.Words?

    /// - Throws: `missingByteToken`, and what `MergeTable` throws.
    init(
        vocabulary: Vocabulary,
        merges list: MergeList,
        ignoresMerges: Bool,
        file: String
    ) throws(TokenizerError) {
        self.vocabulary = vocabulary
        merges = try MergeTable(list, vocabulary: vocabulary, file: file)
        var byteIDs: [Int32] = []
        for byte in UInt8.min...UInt8.max {
            guard let id = vocabulary.id(ofBytes: ByteAlphabet.utf8(of: byte)[...]) else {
                throw .missingByteToken(file: file, byte: byte)
            }
            byteIDs.append(id)
        }
        self.byteIDs = byteIDs
        wholeWords = ignoresMerges ? ByteAlphabet.Words(vocabulary) : nil
    }

    /// Appends the tokens of one word.
    ///
    /// - Parameters:
    ///   - word: a non-empty range of `text.bytes`.
    ///   - text: the text.
    ///   - scratch: kept between calls.
    ///   - body: called with each token and its range of `text.bytes`.
    @inline(__always)
    func forEachToken(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        scratch: inout ModelScratch,
        _ body: (Int32, Range<Int>) -> Void
    ) {
        if let wholeWords, let id = wholeWords.id(of: text.bytes[word]) {
            body(id, word)
            return
        }
        let key = WordCache.Key(text.bytes, word)
        if let key, let tokens = scratch.cache[key] {
            var start = word.lowerBound
            for index in 0..<Int(tokens.count) {
                let end = word.lowerBound + Int(tokens.ends[index])
                body(tokens.ids[index], start..<end)
                start = end
            }
            return
        }
        scratch.merging.set(text.bytes, word, byteIDs)
        scratch.merging.merge(merges)
        if let key { scratch.cache.insert(key, scratch.merging) }
        var start = word.lowerBound
        scratch.merging.forEachToken { id, count in
            body(id, start..<start + count)
            start += count
        }
    }
}
