import CKernels

/// Weights rounded to bf16, for products with rows that are rounded to bf16 too, added up in 32 bits.
///
/// Only where the processor has instructions that make this faster than f32 (``OneDNN/multipliesBFloat16``).
struct BFloat16Weights: Sendable {
    private let inputs: Int
    private let tiles: [Tile]
    let byteCount: Int

    /// Neighbouring outputs, packed by themselves.
    private struct Tile {
        let columns: Range<Int>
        /// The columns of the product: as many, or some more with weights of zero.
        let productColumns: Int
        /// The weights of each slice of the inputs, see ``BFloat16Rows``.
        let slices: [PackedWeights]
    }

    /// The most outputs of a tile: with a block of rows they stay in the second-level cache.
    private static let tileColumns = 384
    /// With fewer, oneDNN has other code, which adds up in another order for other numbers of rows.
    private static let minimumColumns = 32

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - inputs: The columns of the input.
    ///   - outputs: The outputs.
    /// - Throws: `refused`, `outOfMemory`.
    init(_ weights: UnsafePointer<Float>, inputs: Int, outputs: Int) throws(TensorError) {
        self.inputs = inputs
        var rounded = [UInt16](repeating: 0, count: (outputs + Self.minimumColumns) * inputs)
        blockskim_round_to_bfloat16(weights, outputs * inputs, &rounded)
        let starts = Array(stride(from: 0, to: outputs, by: Self.tileColumns)) + [outputs]
        tiles = try zip(starts, starts.dropFirst()).map { start, end throws(TensorError) in
            let productColumns = max(end - start, Self.minimumColumns)
            let slices = try BFloat16Rows.slices(of: inputs).map { slice throws(TensorError) in
                try rounded.withUnsafeBufferPointer { rounded throws(TensorError) in
                    guard let first = rounded.baseAddress else {
                        preconditionFailure("a layer without weights")
                    }
                    // The product is x × Wᵀ: seen as [inputs, columns], the matrix has strides (1, inputs).
                    return try PackedWeights(
                        for: .bfloat16Product(
                            rows: RowBlocks.largest,
                            inputs: slice.count,
                            outputs: productColumns,
                            accumulates: false
                        ),
                        dimensions: [slice.count, productColumns],
                        strides: [1, inputs],
                        values: first + start * inputs + slice.lowerBound
                    )
                }
            }
            return Tile(columns: start..<end, productColumns: productColumns, slices: slices)
        }
        byteCount = tiles.reduce(0) { $0 + $1.slices.reduce(0) { $0 + $1.byteCount } }
    }

    /// Computes `output = activation(rows · weightsᵀ + bias)`, with what `output` holds added before the activation when
    /// `accumulate` says so.
    ///
    /// - Parameters:
    ///   - rows: The first row.
    ///   - count: The rows.
    ///   - bias: `[outputs]`.
    ///   - activation: Applied to every output.
    ///   - output: `[count, outputs]`.
    ///   - stride: How far its rows are apart.
    ///   - accumulate: Adds to what `output` holds.
    ///   - worker: Who does it.
    /// - Throws: `refused`, `outOfMemory`.
    func multiply(
        _ rows: BFloat16Rows,
        count: Int,
        bias: UnsafePointer<Float>,
        activation: FusedActivation,
        into output: UnsafeMutablePointer<Float>,
        stride: Int,
        accumulate: Bool,
        on worker: Worker
    ) throws(TensorError) {
        let sums = try worker.productSums.reserve(RowBlocks.largest * Self.tileColumns, of: Float.self)
        let inputSlices = BFloat16Rows.slices(of: inputs)
        for tile in tiles {
            let columns = tile.columns
            try RowBlocks.forEach(of: 0..<count) { block throws(TensorError) in
                let source = rows.from(block.lowerBound)
                let unit = BFloat16Rows.rowUnit
                let wholeRows = (block.count + unit - 1) / unit * unit
                for (slice, weights) in zip(inputSlices, tile.slices) {
                    try worker.operations.run(
                        .bfloat16Product(
                            rows: wholeRows,
                            inputs: slice.count,
                            outputs: tile.productColumns,
                            accumulates: slice.lowerBound > 0
                        ),
                        source: source.slice(slice),
                        weights: weights,
                        destination: sums
                    )  // [wholeRows, productColumns]
                }
                blockskim_finish_sums(
                    sums,
                    tile.productColumns,
                    block.count,
                    columns.count,
                    bias + columns.lowerBound,
                    activation.kernel,
                    accumulate,
                    output + block.lowerBound * stride + columns.lowerBound,
                    stride
                )
            }
        }
    }
}
