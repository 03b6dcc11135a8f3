import TorchModule

/// The full attention region: how the cells of the maps of a batch become features of blocks.
///
/// Means are products with matrices that hold 1/count for the cells in question, so that nothing loops over blocks.
struct FullRegionPlan {
    /// T / 8, `[batch]`.
    let scales: Tensor
    /// The rows of each window's map after the first pool, `[batch]`.
    let pooledSides: Tensor
    /// The rows of each window's map after the second, `[batch]`.
    let cellSides: Tensor
    /// Means over the prefix and over everything, `[batch, 1, cells, 2]`.
    private let means: Tensor
    /// The same, transposed: `[batch, 1, 2, cells]`.
    private let transposedMeans: Tensor
    /// For each cell of a block 1/count in the columns of its block, `[batch, 1, cells, cells]`.
    private let own: Tensor
    /// For each block its cells among those of all windows, the one behind the last reads 0: `[blocks · cellsPerBlock]`.
    private let blockCells: Tensor
    private let cellsPerBlock: Int
    /// What a cell beyond the map reads, `[1, 5 · heads]`.
    private let zeroCell: Tensor

    init(_ batch: WindowBatch, heads: Int, on device: Device) throws(TorchError) {
        let cells = batch.geometry.cells
        let width = cells.tokensPerCell
        let side = batch.rows / width
        let windowCells = batch.sides.map { $0 / width }
        cellsPerBlock = cells.cellsPerBlock

        var means = [Float](repeating: 0, count: batch.batch * side * 2)
        var transposed = means
        for window in 0..<batch.batch {
            let prefix = cells.cellsCovering(tokens: batch.prefixLengths[window])
            for cell in 0..<windowCells[window] {
                for (kind, count) in [(0, prefix), (1, windowCells[window])] where cell < count {
                    means[(window * side + cell) * 2 + kind] = 1 / Float(count)
                    transposed[(window * 2 + kind) * side + cell] = 1 / Float(count)
                }
            }
        }
        var own = [Float](repeating: 0, count: batch.batch * side * side)
        var blockCells: [Int] = []
        for block in batch.blocks {
            let first = block.rows.lowerBound / width
            let count = min(cellsPerBlock, windowCells[block.window] - first)
            for row in first..<first + count {
                for column in first..<first + count {
                    own[(block.window * side + row) * side + column] = 1 / Float(count)
                }
            }
            for position in 0..<cellsPerBlock {
                blockCells.append(
                    position < count ? block.window * side + first + position : batch.batch * side
                )
            }
        }
        scales = try Tensor(batch.tokens.map { Float($0) / 8 }, shape: [batch.batch], on: device)
        pooledSides = try Tensor(
            indices: batch.sides.map { $0 / cells.firstPool },
            shape: [batch.batch],
            on: device
        )
        cellSides = try Tensor(indices: windowCells, shape: [batch.batch], on: device)
        self.means = try Tensor(means, shape: [batch.batch, 1, side, 2], on: device)
        transposedMeans = try Tensor(transposed, shape: [batch.batch, 1, 2, side], on: device)
        self.own = try Tensor(own, shape: [batch.batch, 1, side, side], on: device)
        zeroCell = try Tensor(zeros: [1, 5 * heads], on: device)
        self.blockCells = try Tensor(indices: blockCells, shape: [blockCells.count], on: device)
    }

    /// The features of all blocks.
    ///
    /// - Parameter maps: `[batch, heads, cells, cells]`, 0 outside of each window's own.
    /// - Returns: `[blocks, 5 · heads · cellsPerBlock]`, in (feature, channel, row) order: of a row the means over
    ///   prefix, own block and everything, of a column those over prefix and everything.
    /// - Throws: what libtorch refuses.
    func features(_ maps: Tensor) throws(TorchError) -> Tensor {
        let (batch, heads, side) = (maps.shape[0], maps.shape[1], maps.shape[2])
        let rowMeans = try maps.matrixProduct(means).permuted([0, 2, 3, 1])  // [batch, cells, 2, heads]
        let columnMeans = try transposedMeans.matrixProduct(maps).permuted([0, 3, 2, 1])
        let ownMeans = try maps.multiplied(by: own).sum(over: [3], keeping: true).permuted([0, 2, 3, 1])
        let cells = try [
            rowMeans.narrowed(to: 0..<1, along: 2), ownMeans, rowMeans.narrowed(to: 1..<2, along: 2),
            columnMeans,
        ].concatenated(along: 2)  // [batch, cells, 5, heads]
        let table = try [
            cells.reshaped([batch * side, 5 * heads]),
            zeroCell,
        ].concatenated(along: 0)
        return try table.selecting(blockCells, along: 0)
            .reshaped([-1, cellsPerBlock, 5 * heads]).permuted([0, 2, 1])
            .reshaped([-1, 5 * heads * cellsPerBlock])
    }
}
