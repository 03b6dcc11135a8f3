/// How the tokens of one window are divided into a prefix that is always kept and blocks that may be dropped.
///
/// Prefix and blocks are ranges of positions in the window; together they cover every position exactly once, in
/// order. Only the last block may be shorter than the others.
public struct BlockPartition: Sendable, Equatable {
    /// T, the tokens of the window, special tokens included.
    public let tokens: Int
    /// The tokens of `[CLS] question [SEP]`.
    public let prefixLength: Int
    /// Where blocks start.
    public let layout: BlockLayout
    /// b, the tokens of a whole block.
    public let blockSize: Int

    /// Divides a window.
    ///
    /// - Parameters:
    ///   - tokens: T, at least `prefixLength`.
    ///   - prefixLength: the tokens of `[CLS] question [SEP]`. All others, the final `[SEP]` included, belong to
    ///     the passage.
    ///   - layout: where blocks start.
    ///   - blockSize: b, at least 1.
    public init(tokens: Int, prefixLength: Int, layout: BlockLayout, blockSize: Int) {
        precondition(
            blockSize >= 1 && (0...tokens).contains(prefixLength),
            "\(tokens) tokens with a prefix of \(prefixLength) in blocks of \(blockSize)"
        )
        self.tokens = tokens
        self.prefixLength = prefixLength
        self.layout = layout
        self.blockSize = blockSize
    }

    /// The positions that are always kept: the tokens of the prefix and, in the absolute layout, those that
    /// share a block with one.
    public var prefix: Range<Int> {
        switch layout {
        case .passageAligned: 0..<prefixLength
        case .absolute: 0..<min(tokens, (prefixLength + blockSize - 1) / blockSize * blockSize)
        }
    }

    /// N, the number of blocks that may be dropped.
    public var blockCount: Int {
        (tokens - prefix.upperBound + blockSize - 1) / blockSize
    }

    /// The positions of a block.
    public func block(_ blockIndex: Int) -> Range<Int> {
        precondition((0..<blockCount).contains(blockIndex), "block \(blockIndex) of \(blockCount)")
        let start = prefix.upperBound + blockIndex * blockSize
        return start..<min(start + blockSize, tokens)
    }

    /// The positions of all blocks, first to last.
    public var blocks: [Range<Int>] {
        (0..<blockCount).map { block($0) }
    }

    /// The partition of the window that is left when the other blocks' tokens are taken out.
    ///
    /// A second skim layer sees this window. Since only the last block can be short, the surviving blocks tile
    /// it just as blocks tile a window made in the first place: its block j is the j-th kept block of this one.
    package func keeping(_ selection: BlockSelection) -> BlockPartition {
        BlockPartition(
            tokens: keptPositions(selection).count,
            prefixLength: prefixLength,
            layout: layout,
            blockSize: blockSize
        )
    }

    /// The positions of the prefix and of the kept blocks, ascending.
    public func keptPositions(_ selection: BlockSelection) -> [Int] {
        precondition(
            selection.kept.count == blockCount,
            "\(selection.kept.count) decisions for \(blockCount) blocks"
        )
        var positions = Array(prefix)
        for blockIndex in 0..<blockCount where selection.kept[blockIndex] {
            positions.append(contentsOf: block(blockIndex))
        }
        return positions
    }
}
