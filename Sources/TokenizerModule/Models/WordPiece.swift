/// BERT's model: each word is cut, from its start, into the longest pieces that the vocabulary has.
struct WordPiece: Sendable {
    let vocabulary: Vocabulary
    let unknownID: Int32
    /// Words of more scalars than this are unknown whatever they are.
    let maximumWordScalars: Int

    /// Appends the pieces of one word, or one unknown token when it cannot be cut without a rest.
    ///
    /// - Parameters:
    ///   - word: a non-empty range of `text.bytes` that begins and ends between scalars.
    ///   - text: the normalized text.
    ///   - hashes: scratch, kept between calls so that nothing is allocated a word.
    ///   - output: what the tokens are appended to.
    func append(
        _ word: Range<Int>,
        of text: borrowing NormalizedText,
        hashes: inout [UInt64],
        to output: inout TokenizedText
    ) {
        let tokenCountBefore = output.ids.count
        var start = word.lowerBound
        // Counting scalars is needed only where there are more bytes than the limit.
        if word.count > maximumWordScalars,
            UTF8Bytes.scalarCount(text.bytes, in: word) > maximumWordScalars
        {
            output.append(unknownID, text.original(word))
            return
        }
        while start < word.upperBound {
            guard
                let (id, end) = longestPiece(
                    in: start..<word.upperBound,
                    beginsWord: start == word.lowerBound,
                    of: text,
                    hashes: &hashes
                )
            else {
                output.ids.removeSubrange(tokenCountBefore...)
                output.offsets.removeSubrange(tokenCountBefore...)
                output.append(unknownID, text.original(word))
                return
            }
            output.append(id, text.original(start..<end))
            start = end
        }
    }

    @inline(__always)
    private func longestPiece(
        in rest: Range<Int>,
        beginsWord: Bool,
        of text: borrowing NormalizedText,
        hashes: inout [UInt64]
    ) -> (id: Int32, end: Int)? {
        // No piece is longer than the longest token, so no longer one needs to be looked for.
        var end = min(rest.upperBound, rest.lowerBound + vocabulary.longestPiece)
        var hash = ByteStringTable.emptyHash
        hashes.removeAll(keepingCapacity: true)
        for index in rest.lowerBound..<end {
            hash = ByteStringTable.extend(hash, by: text.bytes[index])
            hashes.append(hash)
        }
        while end > rest.lowerBound {
            if end == rest.upperBound || !UTF8Bytes.isContinuation(text.bytes[end]) {
                let piece = text.bytes[rest.lowerBound..<end]
                let hash = hashes[end - rest.lowerBound - 1]
                if let id = vocabulary.id(ofPiece: piece, hash: hash, beginsWord: beginsWord) {
                    return (id, end)
                }
            }
            end -= 1
        }
        return nil
    }
}
