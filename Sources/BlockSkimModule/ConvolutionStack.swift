import TensorModule

/// The convolutional part of the Block Skim Module on oneDNN, in steps that each work on a range of rows.
///
/// `pool → conv1 → ReLU → pool → conv2 → ReLU → conv3 → ReLU`. Maps are channels-last with the channels padded to a
/// whole vector, and have a zero row before and after them where a 3×3 convolution reads them.
struct ConvolutionStack: Sendable {
    /// The heads.
    let channels: Int
    let cells: BlockCells
    private let convolution1: PackedConvolution
    private let convolution2: PackedConvolution
    private let convolution3: PackedConvolution

    /// - Throws: `outOfMemory`, `refused`.
    init(_ weights: BlockSkimWeights, cells: BlockCells) throws(TensorError) {
        channels = weights.convolution1.channels
        self.cells = cells
        convolution1 = try PackedConvolution(weights.convolution1)
        convolution2 = try PackedConvolution(weights.convolution2)
        convolution3 = try PackedConvolution(weights.convolution3)
    }

    /// First pool: `maps.pooled` from the attention probabilities of the tokens that `layout` places, times `scale`.
    ///
    /// - Parameters:
    ///   - attention: `[heads, tokens, tokens]`.
    ///   - tokens: The rows, and the columns, of a head's attention.
    ///   - layout: Where tokens lie on the map.
    ///   - scale: What probabilities are multiplied with.
    ///   - rows: Rows of the pooled map.
    ///   - maps: Receives them.
    ///   - worker: Who does it.
    /// - Throws: `outOfMemory`.
    func pool(
        _ attention: UnsafePointer<Float>,
        tokens: Int,
        layout: AttentionMapLayout,
        scale: Float,
        rows: Range<Int>,
        into maps: ConvolutionMaps,
        on worker: Worker
    ) throws(TensorError) {
        let pool = cells.firstPool
        let factor = scale / Float(pool * pool)
        let sums = try worker.buffer.reserve(layout.side)
        for row in rows {
            let target = maps.pooledRow(row)
            target.update(repeating: 0, count: maps.side1 * maps.channels)
            let attending = (row * pool..<(row + 1) * pool).compactMap { layout.token(onRow: $0) }
            guard !attending.isEmpty else { continue }
            for head in 0..<channels {
                sums.update(repeating: 0, count: layout.side)
                for token in attending {
                    let probabilities = attention + (head * tokens + token) * tokens
                    for segment in layout.segments {
                        let source = probabilities + segment.tokens.lowerBound
                        let sum = sums + segment.mapStart
                        for column in 0..<segment.tokens.count { sum[column] += source[column] }
                    }
                }
                var cell = target + head
                if pool == 2 {
                    for column in 0..<maps.side1 {
                        cell.pointee = (sums[2 &* column] + sums[2 &* column &+ 1]) * factor
                        cell += maps.channels
                    }
                } else {
                    for column in 0..<maps.side1 {
                        cell.pointee = sums[column] * factor
                        cell += maps.channels
                    }
                }
            }
        }
    }

    /// First convolution and second pool: `maps.cells` from `maps.pooled`, for rows of cells.
    func convolveAndPool(rows: Range<Int>, of maps: ConvolutionMaps, on worker: Worker) {
        let pool = cells.secondPool
        convolution1(
            maps.pooledRow(rows.lowerBound * pool - 1),
            rows: rows.count * pool,
            columns: maps.side1,
            into: maps.convolvedRow(rows.lowerBound * pool),
            on: worker
        )
        let factor = 1 / Float(pool * pool)
        let vectors = maps.channels / ConvolutionMaps.Vector.scalarCount
        for row in rows {
            for column in 0..<maps.side2 {
                let target = ConvolutionMaps.vectors(maps.cellsRow(row) + column * maps.channels)
                for vector in 0..<vectors {
                    var sum = ConvolutionMaps.Vector()
                    for sourceRow in row * pool..<(row + 1) * pool {
                        let source = ConvolutionMaps.vectors(
                            maps.convolvedRow(sourceRow) + column * pool * maps.channels
                        )
                        for sourceColumn in 0..<pool { sum += source[sourceColumn * vectors + vector] }
                    }
                    target[vector] = sum * factor
                }
            }
        }
    }

    /// Second and third convolution: `maps.result` from `maps.cells`, for rows of cells.
    ///
    /// - Throws: `outOfMemory`.
    func convolveCells(rows: Range<Int>, of maps: ConvolutionMaps, on worker: Worker) throws(TensorError) {
        guard !rows.isEmpty else { return }
        let between = try worker.buffer.reserve(rows.count * maps.side2 * maps.channels)
        convolution2(
            maps.cellsRow(rows.lowerBound - 1),
            rows: rows.count,
            columns: maps.side2,
            into: between,
            on: worker
        )
        convolution3(
            between,
            rows: rows.count,
            columns: maps.side2,
            into: maps.resultRow(rows.lowerBound),
            on: worker
        )
    }
}

extension PackedConvolution {
    fileprivate convenience init(_ weights: ConvolutionWeights) throws(TensorError) {
        try self.init(weights: weights.weight, bias: weights.bias, kernel: weights.side)
    }
}

/// The maps of one run of a ``ConvolutionStack``, in buffers that are used again.
final class ConvolutionMaps {
    /// As many channels as are added at once.
    typealias Vector = SIMD16<Float>

    /// Rows and columns after the first pool.
    private(set) var side1 = 0
    /// Rows and columns after the second pool: cells.
    private(set) var side2 = 0
    /// The channels, padding included.
    let channels: Int

    private let pooled = FloatBuffer()
    private let convolved = FloatBuffer()
    private let cells = FloatBuffer()
    private let result = FloatBuffer()

    /// - Parameter channels: The real channels.
    init(channels: Int) { self.channels = PackedConvolution.paddedChannels(channels) }

    /// Makes room for a map of `side` tokens a row and clears the rows around the maps.
    ///
    /// - Throws: `outOfMemory`.
    func begin(side: Int, cells blockCells: BlockCells) throws(TensorError) {
        side1 = side / blockCells.firstPool
        side2 = side1 / blockCells.secondPool
        // All before the workers run: they share the buffers of a whole map.
        try pooled.reserve((side1 + 2) * side1 * channels)
        try convolved.reserve(side1 * side1 * channels)
        try cells.reserve((side2 + 2) * side2 * channels)
        try result.reserve(side2 * side2 * channels)
        for (row, width, start) in [
            (-1, side1, pooledRow), (side1, side1, pooledRow), (-1, side2, cellsRow),
            (side2, side2, cellsRow),
        ] {
            start(row).update(repeating: 0, count: width * channels)
        }
    }

    /// `[side1, side1, channels]` after the first pool, rows -1 and `side1` included.
    func pooledRow(_ row: Int) -> UnsafeMutablePointer<Float> {
        pooled.start + (row + 1) * side1 * channels
    }

    /// `[side1, side1, channels]` after the first convolution.
    func convolvedRow(_ row: Int) -> UnsafeMutablePointer<Float> {
        convolved.start + row * side1 * channels
    }

    /// `[side2, side2, channels]` after the second pool, rows -1 and `side2` included.
    func cellsRow(_ row: Int) -> UnsafeMutablePointer<Float> {
        cells.start + (row + 1) * side2 * channels
    }

    /// `[side2, side2, channels]` after the last convolution.
    func resultRow(_ row: Int) -> UnsafeMutablePointer<Float> {
        result.start + row * side2 * channels
    }

    /// The same elements as whole vectors.
    static func vectors(_ elements: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Vector> {
        UnsafeMutableRawPointer(elements).assumingMemoryBound(to: Vector.self)
    }
}
