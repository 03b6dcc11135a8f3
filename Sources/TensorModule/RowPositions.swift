/// Where the rows of a window stand in it, ascending: not where they were counted when some were taken out.
///
/// Blocks are taken out whole, so what is left are a few runs of neighbours.
package struct RowPositions: Sendable, Equatable {
    /// Rows whose positions follow one another.
    package struct Run: Sendable, Equatable {
        /// The rows.
        package var rows: Range<Int>
        /// The position of the first.
        package var position: Int
    }

    /// All rows, first to last.
    package private(set) var runs: [Run] = []

    /// A window of which nothing is missing.
    package init(whole tokens: Int) {
        if tokens > 0 { runs = [Run(rows: 0..<tokens, position: 0)] }
    }

    /// - Parameter positions: The position of each row, ascending.
    package init(_ positions: [Int]) {
        for (row, position) in positions.enumerated() { append(row, position) }
    }

    private mutating func append(_ row: Int, _ position: Int) {
        guard let last = runs.last, last.position + last.rows.count == position else {
            precondition(
                (runs.last.map { $0.position + $0.rows.count } ?? 0) <= position,
                "position \(position) of row \(row) is not behind that of the row before"
            )
            runs.append(Run(rows: row..<row + 1, position: position))
            return
        }
        runs[runs.count - 1].rows = last.rows.lowerBound..<row + 1
    }

    /// The number of rows.
    package var count: Int { runs.last?.rows.upperBound ?? 0 }

    /// The position of a row.
    func position(ofRow row: Int) -> Int {
        guard let run = runs.first(where: { $0.rows.contains(row) }) else {
            preconditionFailure("row \(row) of \(count)")
        }
        return run.position + row - run.rows.lowerBound
    }

    /// The position of each row.
    package var all: [Int] { runs.flatMap { $0.position..<$0.position + $0.rows.count } }

    /// The positions of some of the rows.
    ///
    /// - Parameter rows: Ascending, counted from 0.
    /// - Returns: Theirs, counted as rows anew.
    package func keeping(_ rows: [Int]) -> RowPositions {
        let all = all
        return RowPositions(rows.map { all[$0] })
    }
}
