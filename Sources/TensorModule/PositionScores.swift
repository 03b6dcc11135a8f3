/// What the positions of two tokens add to their score in one layer, before softmax.
package enum PositionScores: Sendable {
    /// Nothing.
    case none
    /// A number for each head and distance.
    case bias(DistanceBias)
    /// What a token's content says of a distance, and a distance of the other's content.
    case disentangled(DisentangledScores)
}

/// The ``PositionScores`` of some rows of one window in one head.
package struct HeadPositions {
    private let scores: PositionScores
    private let head: Int
    private let firstRow: Int
    private let positions: RowPositions

    /// - Parameters:
    ///   - scores: What positions add, in all heads.
    ///   - head: The head, counted from 0.
    ///   - rows: The rows of the window that attend; at least one.
    ///   - positions: The positions of all its rows.
    package init(_ scores: PositionScores, head: Int, of rows: Range<Int>, positions: RowPositions) {
        self.scores = scores
        self.head = head
        firstRow = rows.lowerBound
        self.positions = positions
    }

    /// Computes what all rows have in common.
    ///
    /// - Parameters:
    ///   - keys: `[headSize, tokens]`.
    ///   - rows: How many rows attend.
    ///   - stride: The tokens, with what fills up the last panel.
    ///   - worker: Who does it, and keeps the result until ``add(to:rows:stride:query:queryStride:on:)``.
    /// - Throws: `refused`, `outOfMemory`.
    func prepare(keys: ColumnPanels, rows: Int, stride: Int, on worker: Worker) throws(TensorError) {
        guard case .disentangled(let scores) = scores else { return }
        try scores.multiply(
            keys,
            places: places(of: scores, rows: 0..<rows),
            head: head,
            stride: stride,
            on: worker
        )
    }

    /// Adds to scores.
    ///
    /// - Parameters:
    ///   - target: `[rows, tokens]`.
    ///   - rows: Which rows they are of, counted from the first that attends.
    ///   - attending: How many rows attend in all.
    ///   - stride: How far the rows of the scores are apart.
    ///   - query: Their queries, `[rows, headSize]`.
    ///   - queryStride: How far the queries are apart.
    ///   - worker: Who did ``prepare(keys:rows:stride:on:)``.
    /// - Throws: `refused`, `outOfMemory`.
    func add(
        to target: UnsafeMutablePointer<Float>,
        rows: Range<Int>,
        of attending: Int,
        stride: Int,
        query: UnsafePointer<Float>,
        queryStride: Int,
        on worker: Worker
    ) throws(TensorError) {
        switch scores {
        case .none: break
        case .bias(let bias):
            forEachPair(of: rows) { row, position, run in
                let start = target + (row - rows.lowerBound) * stride + run.rows.lowerBound
                bias.add(to: start, count: run.rows.count, head: head, distance: run.position - position)
            }
        case .disentangled(let scores):
            let used = places(of: scores, rows: rows)
            let content = try scores.multiply(
                query,
                stride: queryStride,
                rows: rows.count,
                places: used,
                head: head,
                on: worker
            )
            let prepared = places(of: scores, rows: 0..<attending)
            forEachPair(of: rows) { row, position, run in
                let start = target + (row - rows.lowerBound) * stride + run.rows.lowerBound
                scores.add(
                    to: start,
                    count: run.rows.count,
                    distance: run.position - position,
                    content: content.row(row - rows.lowerBound),
                    contentPlace: content.firstPlace,
                    keys: UnsafePointer(worker.positionsByKey.start) + run.rows.lowerBound,
                    keysPlace: prepared.lowerBound,
                    stride: stride
                )
            }
        }
    }

    /// Calls `body` with each attending row, its position, and each run of rows that are attended to.
    private func forEachPair(
        of rows: Range<Int>,
        _ body: (_ row: Int, _ position: Int, _ run: RowPositions.Run) -> Void
    ) {
        for own in positions.runs {
            let first = max(own.rows.lowerBound, firstRow + rows.lowerBound)
            let end = min(own.rows.upperBound, firstRow + rows.upperBound)
            guard first < end else { continue }
            for row in first..<end {
                let position = own.position + row - own.rows.lowerBound
                for other in positions.runs { body(row - firstRow, position, other) }
            }
        }
    }

    /// The rows of the tables that the distances of some attending rows from all rows need.
    private func places(of scores: DisentangledScores, rows: Range<Int>) -> ClosedRange<Int> {
        let first = positions.position(ofRow: firstRow + rows.lowerBound)
        let last = positions.position(ofRow: firstRow + rows.upperBound - 1)
        let keys = positions.position(ofRow: 0)...positions.position(ofRow: positions.count - 1)
        return scores.place(
            ofDistance: keys.upperBound - first
        )...scores.place(ofDistance: keys.lowerBound - last)
    }
}
