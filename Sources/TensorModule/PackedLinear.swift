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
    package let precision: Precision

    /// Neighbouring columns of the layer, packed by themselves.
    private struct Part {
        let columns: Range<Int>
        let weights: Weights
    }

    private enum Weights {
        case panels(ColumnPanels, Shelf)
        case integers(IntegerWeights)
        case bfloat16(BFloat16Weights)
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
    ///   - precision: What the weights are rounded to.
    ///   - workers: How many workers the layer is packed for. Any number can run it.
    /// - Throws: `outOfMemory`, `refused`.
    package init(
        weights: [Float],
        bias: [Float],
        inputs: Int,
        activation: FusedActivation = .none,
        precision: Precision = .float32,
        workers: Int = 1
    ) throws(TensorError) {
        let outputs = bias.count
        precondition(
            weights.count == outputs * inputs,
            "weights have \(weights.count) elements, the shape is [\(outputs), \(inputs)]"
        )
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
        self.precision = precision
        self.bias = bias
        let count =
            (1...workers).last { count in
                workers.isMultiple(of: count) && (count == 1 || outputs / count >= Self.minimumPartColumns)
            } ?? 1
        let starts = (0..<count).map { outputs * $0 / count / Self.partUnit * Self.partUnit } + [outputs]
        parts = try zip(starts, starts.dropFirst()).map { start, end throws(TensorError) in
            let part = try weights.withUnsafeBufferPointer { weights throws(TensorError) in
                guard let first = weights.baseAddress else { preconditionFailure("a layer without weights") }
                return try Self.pack(first + start * inputs, [end - start, inputs], precision)
            }
            return Part(columns: start..<end, weights: part)
        }
    }

    /// Packs `weights` of the shape `[outputs, inputs]`.
    private static func pack(
        _ weights: UnsafePointer<Float>,
        _ shape: [Int],
        _ precision: Precision
    ) throws(TensorError) -> Weights {
        let (outputs, inputs) = (shape[0], shape[1])
        if precision == .int8 {
            return .integers(try IntegerWeights(weights, inputs: inputs, outputs: outputs))
        }
        if precision == .bfloat16, OneDNN.multipliesBFloat16 {
            return .bfloat16(try BFloat16Weights(weights, inputs: inputs, outputs: outputs))
        }
        let width = LibXSMM.weightColumns
        let count = ColumnPanels.elementCount(inner: inputs, columns: outputs, width: width)
        func panels(_ storage: UnsafeMutablePointer<Float>) -> ColumnPanels {
            ColumnPanels(
                weights,
                innerStride: 1,
                columnStride: inputs,
                rows: inputs,
                inner: inputs,
                columns: outputs,
                width: width,
                storage: storage
            )
        }
        if precision == .float32 {
            let (shelf, storage) = try Shelf.place(byteCount: count * MemoryLayout<Float>.stride)
            return .panels(panels(storage.assumingMemoryBound(to: Float.self)), shelf)
        }
        let wide = try AlignedMemory.allocate(byteCount: count * MemoryLayout<Float>.stride)
        defer { wide.deallocate() }
        let (shelf, storage) = try Shelf.place(byteCount: count * MemoryLayout<UInt16>.stride)
        let rounded = panels(wide.assumingMemoryBound(to: Float.self))
            .rounded(into: storage.assumingMemoryBound(to: UInt16.self))
        return .panels(rounded, shelf)
    }

    /// The memory that the packed weights and the bias take.
    package var byteCount: Int {
        parts.reduce(bias.count * MemoryLayout<Float>.stride) { sum, part in
            switch part.weights {
            case .panels(let panels, _): sum + panels.byteCount
            case .integers(let integers): sum + integers.byteCount
            case .bfloat16(let weights): sum + weights.byteCount
            }
        }
    }

    /// Makes room for rows in the number format that the weights are multiplied in; nil for f32.
    private func reserveConverted(rows: Int, on worker: Worker) throws(TensorError) -> ConvertedRows? {
        switch parts[0].weights {
        case .panels(let panels, _) where !panels.wantRoundedRows: nil
        case .integers: .integers(try worker.quantizedRows.reserve(rows: rows, columns: inputs))
        case .panels, .bfloat16:
            .bfloat16(try BFloat16Rows(rows: rows, columns: inputs, storage: worker.bfloat16Rows))
        }
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
        let converted: ConvertedRows?
        do throws(TensorError) {
            converted = try reserveConverted(rows: rows, on: crew.leader)
        } catch {
            return crew.leader.attempt { () throws(TensorError) in throw error }
        }
        if let converted, !byRows {
            // Each row is converted once, before all parts meet it.
            crew.run { _, member in
                let share = Share(member, of: crew.size).range(of: rows)
                converted.from(share.lowerBound)
                    .convert(input + share.lowerBound * inputs, count: share.count)
            }
        }
        crew.run { worker, member in
            let share = Share(member / partsAtOnce, of: crew.size / partsAtOnce).range(of: rows)
            let first = member % partsAtOnce
            let own = input + share.lowerBound * inputs
            let ownConverted = converted?.from(share.lowerBound)
            if byRows { ownConverted?.convert(own, count: share.count) }
            worker.attempt { () throws(TensorError) in
                for part in first..<(byRows ? parts.count : first + 1) {
                    try apply(
                        parts[part],
                        own,
                        ownConverted,
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
        _ converted: ConvertedRows?,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool,
        on worker: Worker
    ) throws(TensorError) {
        let target = output + part.columns.lowerBound
        try bias.withUnsafeBufferPointer { bias throws(TensorError) in
            guard let bias = bias.baseAddress.map({ $0 + part.columns.lowerBound }) else { return }
            switch (part.weights, converted) {
            case (.integers(let weights), .integers(let rowsInBytes)):
                try weights.multiply(
                    rowsInBytes,
                    count: rows,
                    bias: bias,
                    activation: activation,
                    into: target,
                    stride: outputs,
                    accumulate: accumulate,
                    on: worker
                )
            case (.bfloat16(let weights), .bfloat16(let rounded)):
                try weights.multiply(
                    rounded,
                    count: rows,
                    bias: bias,
                    activation: activation,
                    into: target,
                    stride: outputs,
                    accumulate: accumulate,
                    on: worker
                )
            case (.panels(let weights, _), let converted):
                let left: ColumnPanels.Rows =
                    if case .bfloat16(let rounded) = converted { .bfloat16(rounded) } else {
                        .float32(input, stride: inputs)
                    }
                try weights.multiply(
                    left,
                    rows: rows,
                    into: target,
                    stride: outputs,
                    accumulate: accumulate,
                    on: worker
                ) { done, rows, columns in
                    // While the results are in the cache.
                    blockskim_finish(
                        done,
                        rows,
                        columns.count,
                        outputs,
                        bias + columns.lowerBound,
                        activation.kernel
                    )
                }
            default: preconditionFailure("a product of weights and rows in different formats")
            }
        }
    }
}
