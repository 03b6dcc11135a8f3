/// What the distance of two tokens adds to their scores: for each head a number for each distance.
///
/// The table is made once. It is added where scores are made, some rows of one head at a time, so nothing of the size of the
/// scores is ever written for it.
package struct DistanceBias: Sendable {
    /// `[heads, 2 · farthest + 1]`; the middle of a head's row is for distance 0.
    fileprivate let table: [Float]
    fileprivate let farthest: Int

    /// - Parameters:
    ///   - heads: H.
    ///   - farthest: The largest distance that occurs, in either direction.
    ///   - value: The number of a head for a distance: the position that is attended to less the one that attends.
    package init(heads: Int, farthest: Int, value: (_ head: Int, _ distance: Int) -> Float) {
        precondition(heads > 0 && farthest >= 0, "\(heads) heads, distances to \(farthest)")
        self.farthest = farthest
        table = (0..<heads).flatMap { head in (-farthest...farthest).map { value(head, $0) } }
    }
}

/// The ``DistanceBias`` of some rows of one window in one head.
package struct HeadBias {
    private let bias: DistanceBias
    private let head: Int
    private let firstRow: Int
    private let positions: RowPositions

    /// - Parameters:
    ///   - bias: The tables of all heads.
    ///   - head: The head, counted from 0.
    ///   - rows: The rows of the window that attend.
    ///   - positions: The positions of all its rows.
    package init(_ bias: DistanceBias, head: Int, of rows: Range<Int>, positions: RowPositions) {
        self.bias = bias
        self.head = head
        firstRow = rows.lowerBound
        self.positions = positions
    }

    /// Adds to scores.
    ///
    /// - Parameters:
    ///   - scores: `[rows, tokens]`.
    ///   - rows: Which rows they are of, counted from the first that attends.
    ///   - stride: How far the rows of the scores are apart.
    func add(to scores: UnsafeMutablePointer<Float>, rows: Range<Int>, stride: Int) {
        let width = 2 * bias.farthest + 1
        bias.table.withUnsafeBufferPointer { table in
            guard let start = table.baseAddress else { return }
            let middle = start + head * width + bias.farthest
            for run in positions.runs {
                // Rows of this run among those that attend.
                let first = max(run.rows.lowerBound, firstRow + rows.lowerBound)
                let end = min(run.rows.upperBound, firstRow + rows.upperBound)
                guard first < end else { continue }
                for row in first..<end {
                    let own = middle - (run.position + row - run.rows.lowerBound)
                    let target = scores + (row - firstRow - rows.lowerBound) * stride
                    for other in positions.runs {
                        Self.add(
                            own + other.position,
                            to: target + other.rows.lowerBound,
                            count: other.rows.count
                        )
                    }
                }
            }
        }
    }

    private static func add(
        _ values: UnsafePointer<Float>,
        to target: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        for index in 0..<count { target[index] += values[index] }
    }
}
