import CKernels
import COneDNN

/// The shape of a oneDNN primitive: what a worker's cache of operations is keyed by.
enum OperationShape: Hashable {
    /// `[rows, inputs] × packed [inputs, outputs]`, see ``PackedLinear``.
    case linear(
        rows: Int,
        inputs: Int,
        outputs: Int,
        outputStride: Int,
        activation: FusedActivation,
        accumulate: Bool
    )
    /// `[rows, inner] × [inner, columns]` with all operands read in place through strides.
    case product(MatrixProduct)
    case layerNorm(rows: Int, columns: Int, epsilon: Float)
    case convolution(rows: Int, columns: Int, channels: Int, kernel: Int, activation: FusedActivation)
}

/// A oneDNN primitive of one shape with the descriptions of its arguments.
///
/// Used by one worker at a time.
final class Operation {
    private var operation: onednn_operation

    /// Makes the primitive for `shape`; `weights` gives the layout of packed weights.
    init(_ shape: OperationShape, weights: dnnl_memory_t? = nil) {
        operation = onednn_operation()
        OneDNN.check(Self.make(&operation, shape, weights), "create \(shape)")
    }

    deinit { onednn_operation_free(&operation) }

    /// The bytes of working memory that a run needs.
    var scratchpadBytes: Int { operation.scratchpad_bytes }

    /// The layout that the primitive wants its weights in.
    var weights: dnnl_memory_t? { operation.weights }

    func run(
        on stream: dnnl_stream_t,
        source: UnsafePointer<Float>,
        packedWeights: dnnl_memory_t? = nil,
        weights: UnsafePointer<Float>? = nil,
        bias: UnsafePointer<Float>? = nil,
        shift: UnsafePointer<Float>? = nil,
        destination: UnsafeMutablePointer<Float>,
        scratchpad: UnsafeMutableRawPointer
    ) {
        let status = onednn_run(
            &operation,
            stream,
            source,
            packedWeights,
            weights,
            bias,
            shift,
            destination,
            scratchpad
        )
        OneDNN.check(status, "run a primitive")
    }

    private static func make(
        _ operation: inout onednn_operation,
        _ shape: OperationShape,
        _ weights: dnnl_memory_t?
    ) -> dnnl_status_t {
        let engine = OneDNN.engine
        switch shape {
        case .linear(let rows, let inputs, let outputs, let outputStride, let activation, let sum):
            return onednn_matmul(
                &operation,
                engine,
                Int64(rows),
                Int64(outputs),
                Int64(inputs),
                Int64(inputs),
                weights,
                nil,
                true,
                Int64(outputStride),
                activation.code,
                sum
            )
        case .product(let product):
            let strides = [Int64(product.rightRowStride), Int64(product.rightColumnStride)]
            return onednn_matmul(
                &operation,
                engine,
                Int64(product.rows),
                Int64(product.columns),
                Int64(product.inner),
                Int64(product.leftStride),
                nil,
                strides,
                false,
                Int64(product.resultStride),
                onednn_activation_none,
                false
            )
        case .layerNorm(let rows, let columns, let epsilon):
            return onednn_layer_norm(&operation, engine, Int64(rows), Int64(columns), epsilon)
        case .convolution(let rows, let columns, let channels, let kernel, let activation):
            return onednn_convolution(
                &operation,
                engine,
                Int64(rows),
                Int64(columns),
                Int64(channels),
                Int64(kernel),
                weights,
                activation.code
            )
        }
    }
}

/// An element-wise function that a product can apply to its result.
package enum FusedActivation: Hashable, Sendable {
    /// The identity.
    case none
    /// `max(0, x)`
    case relu
    /// `x · Φ(x)`, with the Gaussian distribution function exact: BERT's and RoBERTa's `gelu`.
    case geluErf
    /// `x · Φ(x)` approximated with tanh: ALBERT's `gelu_new`.
    case geluTanh

    var kernel: blockskim_activation {
        switch self {
        case .none: blockskim_activation_none
        case .relu: blockskim_activation_relu
        case .geluErf: blockskim_activation_gelu_erf
        case .geluTanh: blockskim_activation_gelu_tanh
        }
    }

    var code: onednn_activation {
        switch self {
        case .none: onednn_activation_none
        case .relu: onednn_activation_relu
        case .geluErf: onednn_activation_gelu_erf
        case .geluTanh: onednn_activation_gelu_tanh
        }
    }
}
