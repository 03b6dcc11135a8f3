extension EncoderConfiguration {
    /// How many rows the position embeddings have.
    public var positionRowCount: Int {
        switch positions {
        case .fromZero: maximumPositions
        case .behindPadding(let id): maximumPositions + id + 1
        case .none: 0
        }
    }

    /// The row of the position embeddings of each token; 0 where there are none.
    public func positionRows(of ids: [Int32]) -> [Int] {
        switch positions {
        case .fromZero: return Array(ids.indices)
        case .none: return ids.map { _ in 0 }
        case .behindPadding(let padding):
            var row = padding
            return ids.map { id in
                guard id != padding else { return padding }
                row += 1
                return row
            }
        }
    }

    /// Checks that the encoder can take a window.
    ///
    /// - Parameters:
    ///   - ids: the token ids, special tokens included.
    ///   - tokenTypes: the token type of each; 0 for a family without them.
    /// - Throws: `emptyWindow`, `windowTooLong`, `tokenTypeCountMismatch`, `tokenOutOfRange`,
    ///   `tokenTypeOutOfRange`.
    package func check(ids: [Int32], tokenTypes: [Int32]) throws(EncoderError) {
        guard !ids.isEmpty else { throw .emptyWindow }
        guard ids.count <= maximumPositions else {
            throw .windowTooLong(tokens: ids.count, maximum: maximumPositions)
        }
        guard ids.count == tokenTypes.count else {
            throw .tokenTypeCountMismatch(tokens: ids.count, tokenTypes: tokenTypes.count)
        }
        for (tokenIndex, id) in ids.enumerated() where !(0..<vocabularySize).contains(Int(id)) {
            throw .tokenOutOfRange(id: Int(id), tokenIndex: tokenIndex, vocabularySize: vocabularySize)
        }
        for (tokenIndex, type) in tokenTypes.enumerated()
        where !(0..<max(1, tokenTypeCount)).contains(Int(type)) {
            throw .tokenTypeOutOfRange(
                tokenType: Int(type),
                tokenIndex: tokenIndex,
                tokenTypeCount: tokenTypeCount
            )
        }
    }
}
