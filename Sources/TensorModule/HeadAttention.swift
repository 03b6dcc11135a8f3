import CKernels

/// `softmax(Q · Kᵀ + positions) · V` of one head within one window; the scale of the scores is already in Q.
package struct HeadAttention: Sendable {
    /// The rows of K and V: the tokens of the window.
    package var tokens: Int
    /// The columns of Q, K and V.
    package var headSize: Int
    /// How far the rows of Q, K and V are apart.
    package var inputStride: Int
    /// How far the rows of the result are apart.
    package var outputStride: Int

    package init(tokens: Int, headSize: Int, inputStride: Int, outputStride: Int) {
        self.tokens = tokens
        self.headSize = headSize
        self.inputStride = inputStride
        self.outputStride = outputStride
    }

    /// Computes some rows of the result.
    ///
    /// - Parameters:
    ///   - query: `[rows, headSize]`.
    ///   - key: `[tokens, headSize]`.
    ///   - value: `[tokens, headSize]`.
    ///   - rows: The rows of the query.
    ///   - output: Receives `[rows, headSize]`.
    ///   - positions: What the positions of the rows add to the scores; nil for nothing.
    ///   - map: Receives the probabilities, `[rows, tokens]`; nil when nobody wants them.
    ///   - worker: Who does it, and who keeps an error.
    package func callAsFunction(
        query: UnsafePointer<Float>,
        key: UnsafePointer<Float>,
        value: UnsafePointer<Float>,
        rows: Int,
        into output: UnsafeMutablePointer<Float>,
        positions: HeadPositions? = nil,
        map: UnsafeMutablePointer<Float>? = nil,
        on worker: Worker
    ) {
        worker.attempt { () throws(TensorError) in
            let width = LibXSMM.attentionColumns
            // Whole panels of tokens: the scores beyond the window are zero, and so are the values that they meet.
            let paddedTokens = (tokens + width - 1) / width * width
            let keys = ColumnPanels(
                key,
                innerStride: 1,
                columnStride: inputStride,
                rows: headSize,
                inner: headSize,
                columns: tokens,
                width: width,
                storage: try worker.keys.reserve(paddedTokens * headSize)
            )
            let paddedHead = ColumnPanels.elementCount(inner: paddedTokens, columns: headSize, width: width)
            let values = ColumnPanels(
                value,
                innerStride: inputStride,
                columnStride: 1,
                rows: tokens,
                inner: paddedTokens,
                columns: headSize,
                width: width,
                storage: try worker.values.reserve(paddedHead)
            )
            try positions?.prepare(keys: keys, rows: rows, stride: paddedTokens, on: worker)
            let scores = try worker.scores.reserve(RowBlocks.largest * paddedTokens)
            try RowBlocks.forEach(of: 0..<rows) { block throws(TensorError) in
                try keys.multiply(
                    query + block.lowerBound * inputStride,
                    stride: inputStride,
                    rows: block.count,
                    into: scores,
                    stride: paddedTokens,
                    edges: .wholePanels,
                    on: worker
                )  // [block, paddedTokens]
                try positions?.add(
                    to: scores,
                    rows: block,
                    of: rows,
                    stride: paddedTokens,
                    query: query + block.lowerBound * inputStride,
                    queryStride: inputStride,
                    on: worker
                )
                blockskim_softmax(scores, block.count, tokens, paddedTokens)
                if let map {
                    for row in 0..<block.count {
                        (map + (block.lowerBound + row) * tokens)
                            .update(from: scores + row * paddedTokens, count: tokens)
                    }
                }
                try values.multiply(
                    scores,
                    stride: paddedTokens,
                    rows: block.count,
                    into: output + block.lowerBound * outputStride,
                    stride: outputStride,
                    on: worker
                )
            }
        }
    }
}
