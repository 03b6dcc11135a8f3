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
    /// The number format of the model.
    ///
    /// Where the processor multiplies bf16 and this is not f32, the operands of both products are rounded to bf16, which takes a
    /// tenth from the time of a model in int8. Scores, softmax and result are always in f32.
    package var precision: Precision

    package init(
        tokens: Int,
        headSize: Int,
        inputStride: Int,
        outputStride: Int,
        precision: Precision = .float32
    ) {
        self.tokens = tokens
        self.headSize = headSize
        self.inputStride = inputStride
        self.outputStride = outputStride
        self.precision = precision
    }

    /// Whether attention in models of `precision` rounds its operands on this processor.
    package static func rounds(in precision: Precision) -> Bool {
        precision != .float32 && LibXSMM.multipliesBFloat16
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
            let rounds = Self.rounds(in: precision) && headSize.isMultiple(of: 2)
            let exactKeys = ColumnPanels(
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
            let exactValues = ColumnPanels(
                value,
                innerStride: inputStride,
                columnStride: 1,
                rows: tokens,
                inner: paddedTokens,
                columns: headSize,
                width: width,
                storage: try worker.values.reserve(paddedHead)
            )
            let keys = rounds ? try exactKeys.rounded(into: worker.roundedKeys) : exactKeys
            let values = rounds ? try exactValues.rounded(into: worker.roundedValues) : exactValues
            try positions?.prepare(keys: exactKeys, rows: rows, stride: paddedTokens, on: worker)
            let scores = try worker.scores.reserve(RowBlocks.largest * paddedTokens)
            try RowBlocks.forEach(of: 0..<rows) { block throws(TensorError) in
                let queries = query + block.lowerBound * inputStride
                try keys.multiply(
                    try keys.rows(queries, stride: inputStride, count: block.count, on: worker),
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
                    query: queries,
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
                    try values.rows(scores, stride: paddedTokens, count: block.count, on: worker),
                    rows: block.count,
                    into: output + block.lowerBound * outputStride,
                    stride: outputStride,
                    on: worker
                )
            }
        }
    }
}
