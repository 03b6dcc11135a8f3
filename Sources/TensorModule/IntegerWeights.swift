import CKernels

/// Weights rounded to integers from -64 to 64, `w ≈ scale · integer` with a scale for each output.
///
/// Inputs go from 0 to 127, so that four products fit 16 bits, in which processors without VNNI add them up. With more bits
/// sums would be cut off there and results would differ. Sums are exact, so a row's result depends on no other row, and is
/// the same on every processor.
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
        let weights: Weights
    }

    private enum Weights: @unchecked Sendable {
        // Sendable: panels do not change after `init`.

        case packed(PackedWeights)
        case panels(UnsafePointer<Int8>, Shelf)
    }

    /// The most outputs of a tile: the sums of a block of rows stay in the second-level cache until they are finished.
    private static let tileColumns = 384

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - inputs: The columns of the input.
    ///   - outputs: The outputs.
    ///   - inPanels: Whether code of our own multiplies them, and not oneDNN.
    /// - Throws: `refused`, `outOfMemory`.
    init(
        _ weights: UnsafePointer<Float>,
        inputs: Int,
        outputs: Int,
        inPanels: Bool = ProductChoice.multipliesBytesItself
    ) throws(TensorError) {
        self.inputs = inputs
        var integers = [Int8](repeating: 0, count: outputs * inputs)
        var scales = [Float](repeating: 0, count: outputs)
        var sums = [Int32](repeating: 0, count: outputs)
        blockskim_quantize_weights(weights, outputs, inputs, &integers, &scales, &sums)
        (self.scales, self.sums) = (scales, sums)
        let starts = Array(stride(from: 0, to: outputs, by: Self.tileColumns)) + [outputs]
        var byteCount = outputs * 8
        tiles = try zip(starts, starts.dropFirst()).map { start, end throws(TensorError) in
            let weights = try integers.withUnsafeBufferPointer { integers throws(TensorError) in
                guard let first = integers.baseAddress else { preconditionFailure("a layer without weights") }
                return try Self.pack(first + start * inputs, [end - start, inputs], inPanels, &byteCount)
            }
            return Tile(columns: start..<end, weights: weights)
        }
        self.byteCount = byteCount
    }

    /// Packs integers of the shape `[columns, inputs]`, and adds what they take to `byteCount`.
    private static func pack(
        _ integers: UnsafePointer<Int8>,
        _ shape: [Int],
        _ inPanels: Bool,
        _ byteCount: inout Int
    ) throws(TensorError) -> Weights {
        let (columns, inputs) = (shape[0], shape[1])
        if inPanels {
            let size = blockskim_integer_panels_size(columns, inputs)
            let (shelf, storage) = try Shelf.place(byteCount: size)
            let panels = storage.assumingMemoryBound(to: Int8.self)
            blockskim_pack_integer_panels(integers, columns, inputs, panels)
            byteCount += size
            return .panels(panels, shelf)
        }
        // The product is x × Wᵀ: seen as [inputs, columns], the matrix has strides (1, inputs).
        let packed = try PackedWeights(
            for: .integerProduct(rows: RowBlocks.largest, inputs: inputs, outputs: columns),
            dimensions: [inputs, columns],
            strides: [1, inputs],
            values: integers
        )
        byteCount += packed.byteCount
        return .packed(packed)
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
                switch tile.weights {  // [block, columns]
                case .packed(let weights):
                    try worker.operations.run(
                        .integerProduct(rows: block.count, inputs: inputs, outputs: columns.count),
                        source: source.integers,
                        weights: weights,
                        destination: products
                    )
                case .panels(let panels, _):
                    blockskim_multiply_integers(
                        source.integers,
                        block.count,
                        inputs,
                        panels,
                        columns.count,
                        products
                    )
                }
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
