import CKernels

/// One thread of a team: its working memory, and the first error that it met.
package final class Worker: @unchecked Sendable {
    // Sendable: a worker is used by one thread at a time; a team's phases order its uses.

    /// The position in its team, from 0.
    package let index: Int

    /// Storage that lasts from one call on this worker to the next, for intermediate results.
    package let buffer = FloatBuffer()

    /// Where ``ColumnPanels`` makes results that end inside a panel.
    let panelEdge = FloatBuffer()

    /// Where ``ColumnPanels`` widens a part of a panel to 32 bits.
    let widened = FloatBuffer()

    /// The inputs of a product of this worker, or of its whole team if it is the first, in bf16 or in 8 bits; and sums of
    /// products of such.
    let bfloat16Rows = ByteBuffer()
    let quantizedRows = QuantizedRows()
    let productSums = ByteBuffer()

    /// Keys and values of a head in panels, and the scores of some rows, see ``HeadAttention``.
    let keys = FloatBuffer()
    let values = FloatBuffer()
    let scores = FloatBuffer()
    let roundedKeys = ByteBuffer()
    let roundedValues = ByteBuffer()

    /// What queries say of positions, and positions of keys, see ``DisentangledScores``.
    let positionsByQuery = FloatBuffer()
    let positionsByKey = FloatBuffer()

    /// What oneDNN computes on this thread.
    let operations = OperationCache()

    private var error: TensorError?

    init(index: Int) { self.index = index }

    /// Does a part of a phase, and keeps the first error for ``Crew/rethrow()``.
    ///
    /// A phase has no way to throw: the other workers are at it too.
    package func attempt(_ body: () throws(TensorError) -> Void) {
        do {
            try body()
        } catch {
            self.error = self.error ?? error
        }
    }

    func takeError() -> TensorError? {
        defer { error = nil }
        return error
    }

    /// Softmax over the rows of `values` `[rows, columns]`, in place.
    package func softmax(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        blockskim_softmax(values, rows, columns, columns)
    }
}
