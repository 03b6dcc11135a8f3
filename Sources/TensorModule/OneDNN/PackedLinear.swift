import COneDNN

/// A linear layer `y = activation(x·Wᵀ + b)`, its weights packed once into the layout that oneDNN's product wants.
package final class PackedLinear: @unchecked Sendable {
    package let inputs: Int
    package let outputs: Int
    package let activation: FusedActivation

    private let packedWeights: dnnl_memory_t
    private let bias: [Float]

    /// The rows for which the layout is chosen; it serves every number of rows.
    private static let typicalRows = 128

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - bias: `[outputs]`.
    package init(weights: [Float], bias: [Float], inputs: Int, activation: FusedActivation = .none) {
        let outputs = bias.count
        precondition(
            weights.count == outputs * inputs,
            "weights have \(weights.count) elements, the shape is [\(outputs), \(inputs)]")
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
        self.bias = bias
        let threadsBefore = OpenMP.setThreads(1)
        defer { OpenMP.setThreads(threadsBefore) }
        let model = Operation(
            .linear(
                rows: Self.typicalRows, inputs: inputs, outputs: outputs, inputStride: inputs,
                outputStride: outputs, activation: activation, accumulate: false))
        // The product is x × Wᵀ: seen as [inputs, outputs], the stored matrix has strides (1, inputs).
        packedWeights = packed(
            weights, like: OneDNN.unwrap(model.weights, "weights layout"), dimensions: [inputs, outputs],
            strides: [1, inputs])
    }

    deinit { dnnl_memory_destroy(packedWeights) }

    /// Applies the layer to `rows` rows.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]` with `inputStride` elements from row to row (default: `inputs`).
    ///   - output: `[rows, outputs]`.
    ///   - accumulate: Adds the result to what `output` holds: the residual connection.
    package func callAsFunction(
        _ input: UnsafePointer<Float>, rows: Int, into output: UnsafeMutablePointer<Float>,
        accumulate: Bool = false, on worker: Worker
    ) {
        let operation = worker.operation(
            .linear(
                rows: rows, inputs: inputs, outputs: outputs, inputStride: inputs, outputStride: outputs,
                activation: activation, accumulate: accumulate),
            weights: packedWeights)
        bias.withUnsafeBufferPointer { bias in
            worker.run(
                operation, source: input, packedWeights: packedWeights, bias: bias.baseAddress,
                destination: output)
        }
    }
}

/// Copies `values` (dimensions and strides in elements) into the layout of `model`.
func packed(
    _ values: [Float], like model: dnnl_memory_t, dimensions: [Int], strides: [Int]
) -> dnnl_memory_t {
    let stream = OneDNN.makeStream()
    defer { dnnl_stream_destroy(stream) }
    var result: dnnl_memory_t?
    var values = values
    values.withUnsafeMutableBytes { bytes in
        // oneDNN reads rank elements only, but its C type is an array of 12.
        let padding = [Int64](repeating: 0, count: 12 - dimensions.count)
        let status = onednn_pack(
            &result, OneDNN.engine, stream, model, Int32(dimensions.count), dimensions.map(Int64.init) + padding,
            strides.map(Int64.init) + padding, bytes.baseAddress)
        OneDNN.check(status, "pack weights of shape \(dimensions)")
    }
    return OneDNN.unwrap(result, "packed weights")
}
