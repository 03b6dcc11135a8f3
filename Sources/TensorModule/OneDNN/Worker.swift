import CKernels
import COneDNN

/// One thread's access to oneDNN: a stream, working memory, and the primitives it has made so far by shape.
///
/// A primitive is made when its shape is first met (0.1 to 1 ms) and kept, so a warm worker makes nothing.
package final class Worker: @unchecked Sendable {
    /// The position in its team, from 0.
    package let index: Int

    /// Storage that lasts from one call on this worker to the next, for intermediate results.
    package let buffer = FloatBuffer()

    /// Where a product of one row is made one of two, see ``PackedLinear``.
    let rowPair = FloatBuffer()

    /// Where ``LibXSMM`` makes results that end inside a panel.
    let panelEdge = FloatBuffer()

    private let packedRight = FloatBuffer()
    private let stream = OneDNN.makeStream()
    private let scratchpad = FloatBuffer()
    private var operations: [OperationShape: Operation] = [:]

    init(index: Int) { self.index = index }

    deinit { dnnl_stream_destroy(stream) }

    func operation(_ shape: OperationShape, weights: dnnl_memory_t? = nil) -> Operation {
        if let known = operations[shape] { return known }
        let made = Operation(shape, weights: weights)
        operations[shape] = made
        return made
    }

    func run(
        _ operation: Operation,
        source: UnsafePointer<Float>,
        packedWeights: dnnl_memory_t? = nil,
        weights: UnsafePointer<Float>? = nil,
        bias: UnsafePointer<Float>? = nil,
        shift: UnsafePointer<Float>? = nil,
        destination: UnsafeMutablePointer<Float>
    ) {
        let scratch = scratchpad.reserve(operation.scratchpadBytes / MemoryLayout<Float>.stride + 1)
        operation.run(
            on: stream,
            source: source,
            packedWeights: packedWeights,
            weights: weights,
            bias: bias,
            shift: shift,
            destination: destination,
            scratchpad: scratch
        )
    }

    /// Softmax over the rows of `values` `[rows, columns]`, in place.
    package func softmax(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        blockskim_softmax(values, rows, columns)
    }

    /// `result = left × right` for operands that are read in place.
    package func multiply(
        _ product: MatrixProduct,
        left: UnsafePointer<Float>,
        right: UnsafePointer<Float>,
        result: UnsafeMutablePointer<Float>
    ) {
        if OneDNN.multipliesPackedRows {
            return run(operation(.product(product)), source: left, weights: right, destination: result)
        }
        let count = ColumnPanels.elementCount(inner: product.inner, columns: product.columns)
        let panels = ColumnPanels(
            right,
            innerStride: product.rightRowStride,
            columnStride: product.rightColumnStride,
            inner: product.inner,
            columns: product.columns,
            storage: packedRight.reserve(count)
        )
        LibXSMM.multiply(
            left,
            stride: product.leftStride,
            rows: product.rows,
            by: panels,
            into: result,
            stride: product.resultStride,
            accumulate: false,
            edge: panelEdge
        )
    }
}

/// The shape and strides of `[rows, inner] × [inner, columns]`, in elements.
///
/// Columns of the left operand and of the result are contiguous; the right one may be transposed by its strides.
package struct MatrixProduct: Hashable, Sendable {
    package var rows, columns, inner: Int
    package var leftStride: Int
    package var rightRowStride, rightColumnStride: Int
    package var resultStride: Int

    package init(
        rows: Int,
        columns: Int,
        inner: Int,
        leftStride: Int,
        rightRowStride: Int,
        rightColumnStride: Int,
        resultStride: Int
    ) {
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.leftStride = leftStride
        self.rightRowStride = rightRowStride
        self.rightColumnStride = rightColumnStride
        self.resultStride = resultStride
    }
}
