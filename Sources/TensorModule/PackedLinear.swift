import CKernels

/// A linear layer `y = activation(x·Wᵀ + b)`, its weights packed once into the layout that the product wants.
///
/// Workers share a product by columns as far as that leaves each enough of them, and by rows beyond: then a weight is
/// read by as few workers as possible. Against sharing by rows alone that is 5 to 11 % faster for 96 to 256 rows of
/// BERT-base on two cores, and as fast for 384.
package final class PackedLinear: Sendable {
    package let inputs: Int
    package let outputs: Int
    package let activation: FusedActivation

    /// Neighbouring columns of the layer, packed by themselves.
    private struct Part {
        let columns: Range<Int>
        let weights: ColumnPanels
        let shelf: Shelf
    }

    private let parts: [Part]
    private let bias: [Float]

    /// With fewer columns a product is slower for being shared by columns.
    private static let minimumPartColumns = 192
    /// Parts begin at multiples of this, so that their panels are whole.
    private static let partUnit = 96
    /// With so many rows for each worker, reading the weights costs little beside using them.
    private static let manyRows = 128

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - bias: `[outputs]`.
    ///   - inputs: The columns of the input.
    ///   - activation: Applied to every output.
    ///   - workers: How many workers the layer is packed for. Any number can run it.
    package init(
        weights: [Float],
        bias: [Float],
        inputs: Int,
        activation: FusedActivation = .none,
        workers: Int = 1
    ) {
        let outputs = bias.count
        precondition(
            weights.count == outputs * inputs,
            "weights have \(weights.count) elements, the shape is [\(outputs), \(inputs)]"
        )
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
        self.bias = bias
        let count =
            (1...workers).last { count in
                workers.isMultiple(of: count) && (count == 1 || outputs / count >= Self.minimumPartColumns)
            } ?? 1
        let starts = (0..<count).map { outputs * $0 / count / Self.partUnit * Self.partUnit } + [outputs]
        do {
            parts = try zip(starts, starts.dropFirst()).map { start, end throws(TensorError) in
                try Self.pack(weights, inputs: inputs, columns: start..<end)
            }
        } catch {
            preconditionFailure("packing weights [\(outputs), \(inputs)]: \(error)")
        }
    }

    private static func pack(_ weights: [Float], inputs: Int, columns: Range<Int>) throws(TensorError) -> Part
    {
        let width = LibXSMM.weightColumns
        let count = ColumnPanels.elementCount(inner: inputs, columns: columns.count, width: width)
        let (shelf, storage) = try Shelf.place(byteCount: count * MemoryLayout<Float>.stride)
        let panels = weights.withUnsafeBufferPointer { weights in
            guard let start = weights.baseAddress else { preconditionFailure("a layer without weights") }
            return ColumnPanels(
                start + columns.lowerBound * inputs,
                innerStride: 1,
                columnStride: inputs,
                rows: inputs,
                inner: inputs,
                columns: columns.count,
                width: width,
                storage: storage.assumingMemoryBound(to: Float.self)
            )
        }
        return Part(columns: columns, weights: panels, shelf: shelf)
    }

    /// Applies the layer to `rows` rows.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]`.
    ///   - rows: The rows of the input.
    ///   - output: `[rows, outputs]`.
    ///   - accumulate: Adds the result to what `output` holds: the residual connection.
    ///   - crew: Who shares the work, and who keeps an error.
    package func callAsFunction(
        _ input: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool = false,
        on crew: some Crew
    ) {
        // A member takes one part of all rows (or of a share of them, when there are more members than parts), or all
        // parts of its share of the rows.
        let byRows = !sharesColumns(rows: rows, size: crew.size)
        let partsAtOnce = byRows ? 1 : parts.count
        crew.run { worker, member in
            let share = Share(member / partsAtOnce, of: crew.size / partsAtOnce).range(of: rows)
            let first = member % partsAtOnce
            worker.attempt { () throws(TensorError) in
                for part in first..<(byRows ? parts.count : first + 1) {
                    try apply(
                        parts[part],
                        input + share.lowerBound * inputs,
                        rows: share.count,
                        into: output + share.lowerBound * outputs,
                        accumulate: accumulate,
                        on: worker
                    )
                }
            }
        }
    }

    /// Whether a crew of `size` shares a product of `rows` rows by columns.
    package func sharesColumns(rows: Int, size: Int) -> Bool {
        parts.count > 1 && rows < size * Self.manyRows && size.isMultiple(of: parts.count)
    }

    private func apply(
        _ part: Part,
        _ input: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool,
        on worker: Worker
    ) throws(TensorError) {
        let columns = part.columns
        try part.weights.multiply(
            input,
            stride: inputs,
            rows: rows,
            into: output + columns.lowerBound,
            stride: outputs,
            accumulate: accumulate,
            on: worker
        ) { target, rows, range in
            // While the results are in the cache.
            bias.withUnsafeBufferPointer { bias in
                guard let bias = bias.baseAddress else { return }
                blockskim_finish(
                    target,
                    rows,
                    range.count,
                    outputs,
                    bias + columns.lowerBound + range.lowerBound,
                    activation.kernel
                )
            }
        }
    }
}
