/// How the two average pools of the Block Skim Module reduce a block of attention rows to cells.
///
/// Both pools have side and stride 2. For blocks under 4 tokens a pool that would leave nothing of the block has
/// side and stride 1 instead, so that cells are 2 tokens wide for blocks of 2 and 3, and 1 for blocks of 1.
public struct BlockCells: Sendable, Equatable {
    /// The tokens of a block.
    public let blockSize: Int
    /// Side and stride of the first pool.
    public let firstPool: Int
    /// Side and stride of the second pool.
    public let secondPool: Int
    /// The cells of a whole block, in a row.
    ///
    /// Tokens that do not fill a cell are not seen, as in PyTorch's pools.
    public let cellsPerBlock: Int

    /// The tokens of a cell, in a row.
    public var tokensPerCell: Int { firstPool * secondPool }
    /// Whether cells fill blocks, so that all blocks of a map start on cell borders.
    public var tileBlocks: Bool { cellsPerBlock * tokensPerCell == blockSize }

    /// - Parameter blockSize: at least 1.
    public init(blockSize: Int) {
        precondition(blockSize >= 1, "a block of \(blockSize) tokens")
        self.blockSize = blockSize
        firstPool = blockSize < 2 ? 1 : 2
        secondPool = blockSize / firstPool < 2 ? 1 : 2
        cellsPerBlock = blockSize / firstPool / secondPool
    }

    /// The cells that it takes to cover a number of tokens.
    public func cellsCovering(tokens: Int) -> Int {
        (tokens + tokensPerCell - 1) / tokensPerCell
    }

    /// The width of the input of the linear layer.
    public func featureCount(heads: Int, region: AttentionRegion) -> Int {
        switch region {
        case .full: 5 * heads * cellsPerBlock
        case .diagonal: heads * cellsPerBlock * cellsPerBlock
        }
    }
}
