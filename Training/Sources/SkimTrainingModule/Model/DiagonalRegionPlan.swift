import TorchModule

/// The diagonal attention region: where the squares are in which blocks attend to themselves.
struct DiagonalRegionPlan {
    /// The rows of each block after the first pool that hold a token, `[blocks]`.
    let pooledSides: Tensor
    /// The same after the second, `[blocks]`.
    let cellSides: Tensor
    /// The rows of all blocks among those of all heads of all windows, `[blocks · heads · blockSize]`.
    private let squareRows: Tensor
    /// For each of them the columns of its block, `[blocks · heads · blockSize, blockSize]`.
    private let squareColumns: Tensor
    /// 8 for a row and column of a token, `[blocks, 1, blockSize, blockSize]`: scale and zero padding at once.
    private let scale: Tensor
    private let heads: Int
    private let blockSize: Int

    init(_ batch: WindowBatch, heads: Int, on device: Device) throws(TorchError) {
        self.heads = heads
        blockSize = batch.geometry.blockSize
        let cells = batch.geometry.cells
        let count = batch.blocks.count
        var (rows, columns) = ([Int](), [Int]())
        rows.reserveCapacity(count * heads * blockSize)
        columns.reserveCapacity(count * heads * blockSize * blockSize)
        var scale = [Float](repeating: 0, count: count * blockSize * blockSize)
        for (index, block) in batch.blocks.enumerated() {
            // Beyond the block any place will do: it counts for nothing.
            let places = (0..<blockSize).map { min(block.rows.lowerBound + $0, batch.rows - 1) }
            for head in 0..<heads {
                for place in places {
                    rows.append((block.window * heads + head) * batch.rows + place)
                    columns += places
                }
            }
            for row in block.rows.indices {
                for column in block.rows.indices {
                    let (i, j) = (row - block.rows.lowerBound, column - block.rows.lowerBound)
                    scale[(index * blockSize + i) * blockSize + j] = 8
                }
            }
        }
        func covering(_ width: Int, in whole: Int) throws(TorchError) -> Tensor {
            let sides = batch.blocks.map { min(whole, ($0.rows.count + width - 1) / width) }
            return try Tensor(indices: sides, shape: [count], on: device)
        }
        let pooledWhole = blockSize / cells.firstPool
        pooledSides = try covering(cells.firstPool, in: pooledWhole)
        cellSides = try covering(cells.tokensPerCell, in: cells.cellsPerBlock)
        squareRows = try Tensor(indices: rows, shape: [rows.count], on: device)
        squareColumns = try Tensor(indices: columns, shape: [rows.count, blockSize], on: device)
        self.scale = try Tensor(scale, shape: [count, 1, blockSize, blockSize], on: device)
    }

    /// - Parameter attention: `[batch, heads, rows, rows]`.
    /// - Returns: `[blocks, heads, blockSize, blockSize]`, scaled by 8, 0 beyond short blocks.
    /// - Throws: what libtorch refuses.
    func squares(_ attention: Tensor) throws(TorchError) -> Tensor {
        try attention.reshaped([-1, attention.shape[3]])  // [batch · heads · rows, rows]
            .selecting(squareRows, along: 0)
            .gathering(squareColumns)  // [blocks · heads · blockSize, blockSize]
            .reshaped([-1, heads, blockSize, blockSize])
            .multiplied(by: scale)
    }
}
