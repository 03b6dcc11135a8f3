import COneDNN

/// The shape of a oneDNN primitive: what a thread's primitives are found by.
enum OperationShape: Hashable, CustomStringConvertible {
    /// `[rows, inputs] × [inputs, outputs]` of unsigned and signed bytes, see ``IntegerWeights``.
    case integerProduct(rows: Int, inputs: Int, outputs: Int)
    /// The same of bf16, added up in f32 or to what is there, see ``BFloat16Weights``.
    case bfloat16Product(rows: Int, inputs: Int, outputs: Int, accumulates: Bool)
    /// A convolution with ReLU over channels-last maps, see ``PackedConvolution``.
    case convolution(rows: Int, columns: Int, channels: Int, kernel: Int)

    var description: String {
        switch self {
        case .integerProduct(let rows, let inputs, let outputs):
            "multiply [\(rows), \(inputs)] × [\(inputs), \(outputs)] in 8 bits"
        case .bfloat16Product(let rows, let inputs, let outputs, _):
            "multiply [\(rows), \(inputs)] × [\(inputs), \(outputs)] in bf16"
        case .convolution(let rows, let columns, let channels, let kernel):
            "convolve [\(rows), \(columns), \(channels)] with kernels of \(kernel) × \(kernel)"
        }
    }
}

/// A oneDNN primitive of one shape with the descriptions of its arguments.
///
/// Used by one worker at a time.
final class Operation {
    private var operation: onednn_operation
    private let shape: OperationShape

    /// Makes the primitive for `shape`; `weights` gives the layout of packed weights, nil asks for the best one.
    ///
    /// - Throws: `refused`.
    init(_ shape: OperationShape, weights: dnnl_memory_t? = nil) throws(TensorError) {
        operation = onednn_operation()
        self.shape = shape
        let engine = try OneDNN.engine()
        let status =
            switch shape {
            case .integerProduct(let rows, let inputs, let outputs):
                onednn_product(
                    &operation,
                    engine,
                    onednn_integer_shape(Int64(rows), Int64(inputs), Int64(outputs)),
                    weights
                )
            case .bfloat16Product(let rows, let inputs, let outputs, let accumulates):
                onednn_product(
                    &operation,
                    engine,
                    onednn_bfloat16_shape(Int64(rows), Int64(inputs), Int64(outputs), accumulates),
                    weights
                )
            case .convolution(let rows, let columns, let channels, let kernel):
                onednn_convolution(
                    &operation,
                    engine,
                    Int64(rows),
                    Int64(columns),
                    Int64(channels),
                    Int64(kernel),
                    weights
                )
            }
        try OneDNN.check(status, "\(shape)")
    }

    deinit { onednn_operation_free(&operation) }

    /// The bytes of working memory that a run needs.
    var scratchpadBytes: Int { operation.scratchpad_bytes }

    /// The layout that the primitive wants its weights in.
    var weights: dnnl_memory_t? { operation.weights }

    /// - Throws: `refused`.
    func run(
        on stream: dnnl_stream_t,
        source: UnsafeRawPointer,
        weights: dnnl_memory_t,
        bias: UnsafePointer<Float>?,
        destination: UnsafeMutableRawPointer,
        scratchpad: UnsafeMutableRawPointer
    ) throws(TensorError) {
        let status = onednn_run(&operation, stream, source, weights, bias, destination, scratchpad)
        try OneDNN.check(status, "\(shape)")
    }
}
