import CKernels

/// Weights rounded to integers from -64 to 64, `w ≈ scale · integer` with a scale for each output.
///
/// With 8 bits they could reach 127; but then two products of unsigned and signed bytes do not fit 16 bits, in which
/// processors without VNNI add them up, and results would differ. Sums are exact, so a row's result depends on no other row,
/// and is the same on every processor.
struct IntegerWeights: Sendable {
    private let inputs: Int
    private let tiles: [Tile]
    /// The scale of each output, `[outputs]`.
    private let scales: [Float]
    /// The sum of each output's integers, `[outputs]`: what a row's zero is multiplied with.
    private let sums: [Int32]
    let byteCount: Int

    /// Neighbouring outputs, packed by themselves.
    private struct Tile {
        let columns: Range<Int>
        let weights: PackedWeights
    }

    /// The most outputs of a tile: the sums of a block of rows stay in the second-level cache until they are finished.
    private static let tileColumns = 384

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - inputs: The columns of the input.
    ///   - outputs: The outputs.
    /// - Throws: `refused`, `outOfMemory`.
    init(_ weights: UnsafePointer<Float>, inputs: Int, outputs: Int) throws(TensorError) {
        self.inputs = inputs
        var integers = [Int8](repeating: 0, count: outputs * inputs)
        var scales = [Float](repeating: 0, count: outputs)
        var sums = [Int32](repeating: 0, count: outputs)
        blockskim_quantize_weights(weights, outputs, inputs, &integers, &scales, &sums)
        (self.scales, self.sums) = (scales, sums)
        let starts = Array(stride(from: 0, to: outputs, by: Self.tileColumns)) + [outputs]
        tiles = try zip(starts, starts.dropFirst()).map { start, end throws(TensorError) in
            let packed = try integers.withUnsafeBufferPointer { integers throws(TensorError) in
                guard let first = integers.baseAddress else { preconditionFailure("a layer without weights") }
                // The product is x × Wᵀ: seen as [inputs, columns], the matrix has strides (1, inputs).
                return try PackedWeights(
                    for: .integerProduct(rows: RowBlocks.largest, inputs: inputs, outputs: end - start),
                    dimensions: [inputs, end - start],
                    strides: [1, inputs],
                    values: first + start * inputs
                )
            }
            return Tile(columns: start..<end, weights: packed)
        }
        byteCount = tiles.reduce(0) { $0 + $1.weights.byteCount } + outputs * 8
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
        _ rows: QuantizedRows.Rows,
        count: Int,
        bias: UnsafePointer<Float>,
        activation: FusedActivation,
        into output: UnsafeMutablePointer<Float>,
        stride: Int,
        accumulate: Bool,
        on worker: Worker
    ) throws(TensorError) {
        let products = try worker.productSums.reserve(RowBlocks.largest * Self.tileColumns, of: Int32.self)
        for tile in tiles {
            let columns = tile.columns
            try RowBlocks.forEach(of: 0..<count) { block throws(TensorError) in
                let source = rows.from(block.lowerBound)
                try worker.operations.run(
                    .integerProduct(rows: block.count, inputs: inputs, outputs: columns.count),
                    source: source.integers,
                    weights: tile.weights,
                    destination: products
                )  // [block, columns]
                scales.withUnsafeBufferPointer { scales in
                    sums.withUnsafeBufferPointer { sums in
                        guard let scales = scales.baseAddress, let sums = sums.baseAddress else { return }
                        blockskim_dequantize(
                            products,
                            block.count,
                            columns.count,
                            source.scales,
                            source.zeros,
                            scales + columns.lowerBound,
                            sums + columns.lowerBound,
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
    }
}
