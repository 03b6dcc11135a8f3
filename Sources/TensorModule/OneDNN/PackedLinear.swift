import CKernels
import COneDNN

/// A linear layer `y = activation(x·Wᵀ + b)`, its weights packed once into the layout that the product wants: oneDNN's
/// where there is AVX-512, libxsmm's elsewhere.
///
/// Workers share a product by columns as far as that leaves each enough of them, and by rows beyond: then a weight is
/// read by as few workers as possible. Against sharing by rows alone that is 5 to 11 % faster for 96 to 256 rows of
/// BERT-base on two cores, and as fast for 384.
package final class PackedLinear: @unchecked Sendable {
    package let inputs: Int
    package let outputs: Int
    package let activation: FusedActivation

    /// Neighbouring columns of the layer, packed by themselves.
    private struct Panel {
        let columns: Range<Int>
        let weights: Weights
    }

    private enum Weights {
        case oneDNN(PackedWeights)
        case libXSMM(ColumnPanels, Shelf)
    }

    private let panels: [Panel]
    private let bias: [Float]

    /// The rows for which the layout is chosen; it serves every number of rows.
    private static let typicalRows = 128
    /// With fewer columns a product is slower for being shared by columns.
    private static let minimumPanelColumns = 192
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
        let threadsBefore = OpenMP.setThreads(1)
        defer { OpenMP.setThreads(threadsBefore) }
        let panelCount =
            (1...workers).last { count in
                workers.isMultiple(of: count) && (count == 1 || outputs / count >= Self.minimumPanelColumns)
            } ?? 1
        panels = (0..<panelCount).map { panel in
            let columns = outputs * panel / panelCount..<outputs * (panel + 1) / panelCount
            guard OneDNN.multipliesPackedRows else {
                return Panel(
                    columns: columns,
                    weights: Self.panels(weights, inputs: inputs, columns: columns)
                )
            }
            let model = Operation(
                .linear(
                    rows: Self.typicalRows,
                    inputs: inputs,
                    outputs: columns.count,
                    outputStride: outputs,
                    activation: activation,
                    accumulate: false
                )
            )
            // The product is x × Wᵀ: seen as [inputs, columns], the stored matrix has strides (1, inputs).
            let packedWeights = PackedWeights(
                weights[columns.lowerBound * inputs..<columns.upperBound * inputs],
                layout: OneDNN.unwrap(model.weights, "weights layout"),
                dimensions: [inputs, columns.count],
                strides: [1, inputs]
            )
            return Panel(columns: columns, weights: .oneDNN(packedWeights))
        }
    }

    private static func panels(_ weights: [Float], inputs: Int, columns: Range<Int>) -> Weights {
        let count = ColumnPanels.elementCount(inner: inputs, columns: columns.count)
        let (shelf, storage) = Shelf.place(byteCount: count * MemoryLayout<Float>.stride)
        let panels = weights.withUnsafeBufferPointer { weights in
            guard let start = weights.baseAddress else { preconditionFailure("a layer without weights") }
            return ColumnPanels(
                start + columns.lowerBound * inputs,
                innerStride: 1,
                columnStride: inputs,
                inner: inputs,
                columns: columns.count,
                storage: storage.assumingMemoryBound(to: Float.self)
            )
        }
        return .libXSMM(panels, shelf)
    }

    /// Applies the layer to `rows` rows.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]`.
    ///   - rows: The rows of the input.
    ///   - output: `[rows, outputs]`.
    ///   - accumulate: Adds the result to what `output` holds: the residual connection.
    ///   - crew: Who shares the work.
    package func callAsFunction(
        _ input: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool = false,
        on crew: some Crew
    ) {
        // A member takes one panel of all rows (or of a part of them, when there are more members than panels), or all
        // panels of its part of the rows.
        let byRows = !sharesColumns(rows: rows, size: crew.size)
        let panelsAtOnce = byRows ? 1 : panels.count
        crew.run { worker, member in
            let share = Share(member / panelsAtOnce, of: crew.size / panelsAtOnce).range(of: rows)
            let first = member % panelsAtOnce
            for panel in first..<(byRows ? panels.count : first + 1) {
                apply(
                    panels[panel],
                    input + share.lowerBound * inputs,
                    rows: share.count,
                    into: output + share.lowerBound * outputs,
                    accumulate: accumulate,
                    on: worker
                )
            }
        }
    }

    /// Whether a crew of `size` shares a product of `rows` rows by columns.
    package func sharesColumns(rows: Int, size: Int) -> Bool {
        panels.count > 1 && rows < size * Self.manyRows && size.isMultiple(of: panels.count)
    }

    private func apply(
        _ panel: Panel,
        _ input: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool,
        on worker: Worker
    ) {
        guard rows > 0 else { return }
        let weights: PackedWeights
        switch panel.weights {
        case .oneDNN(let packed): weights = packed
        case .libXSMM(let panels, _):
            return apply(panel.columns, panels, input, rows: rows, into: output, accumulate, on: worker)
        }
        guard rows > 1 else {
            return applyToOneRow(panel, input, into: output, accumulate: accumulate, on: worker)
        }
        let operation = worker.operation(
            .linear(
                rows: rows,
                inputs: inputs,
                outputs: panel.columns.count,
                outputStride: outputs,
                activation: activation,
                accumulate: accumulate
            ),
            weights: weights.memory
        )
        bias.withUnsafeBufferPointer { bias in
            worker.run(
                operation,
                source: input,
                packedWeights: weights.memory,
                bias: bias.baseAddress.map { $0 + panel.columns.lowerBound },
                destination: output + panel.columns.lowerBound
            )
        }
    }

    private func apply(
        _ columns: Range<Int>,
        _ panels: ColumnPanels,
        _ input: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        _ accumulate: Bool,
        on worker: Worker
    ) {
        // A block's results are finished while they are in the cache.
        for block in LibXSMM.blocks(of: rows) {
            let target = output + block.lowerBound * outputs + columns.lowerBound
            LibXSMM.multiply(
                input + block.lowerBound * inputs,
                stride: inputs,
                rows: block.count,
                by: panels,
                into: target,
                stride: outputs,
                accumulate: accumulate,
                edge: worker.panelEdge
            )
            bias.withUnsafeBufferPointer { bias in
                guard let bias = bias.baseAddress else { return }
                blockskim_finish(
                    target,
                    block.count,
                    columns.count,
                    outputs,
                    bias + columns.lowerBound,
                    activation.kernel
                )
            }
        }
    }

    /// Computes one row as the first of two equal ones.
    ///
    /// oneDNN adds up the products of a single row in another order than those of several, and what a row gives must
    /// not depend on how many others there are.
    private func applyToOneRow(
        _ panel: Panel,
        _ input: UnsafePointer<Float>,
        into output: UnsafeMutablePointer<Float>,
        accumulate: Bool,
        on worker: Worker
    ) {
        let columns = panel.columns
        let inputPair = worker.rowPair.reserve(2 * (inputs + outputs))  // [2, inputs], then [2, outputs]
        let outputPair = inputPair + 2 * inputs
        for row in 0..<2 {
            (inputPair + row * inputs).update(from: input, count: inputs)
            (outputPair + row * outputs + columns.lowerBound)
                .update(from: output + columns.lowerBound, count: columns.count)
        }
        apply(panel, inputPair, rows: 2, into: outputPair, accumulate: accumulate, on: worker)
        (output + columns.lowerBound).update(from: outputPair + columns.lowerBound, count: columns.count)
    }
}
