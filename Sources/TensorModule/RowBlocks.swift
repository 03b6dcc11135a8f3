/// How many rows a product is computed with at a time.
///
/// A library makes code for each number of rows that it meets, and keeps it. So only few numbers are used, whatever number
/// a batch has: 16 to 96 in steps of 16, and 1 to 15.
enum RowBlocks {
    /// The most rows of one block: with their weights and results they stay in the second-level cache.
    static let largest = 96
    private static let step = 16

    /// Cuts `rows` into blocks, first to last.
    static func forEach(
        of rows: Range<Int>,
        _ body: (Range<Int>) throws(TensorError) -> Void
    ) throws(TensorError) {
        var start = rows.lowerBound
        while start < rows.upperBound {
            let left = rows.upperBound - start
            let count = left < step ? left : min(largest, left / step * step)
            try body(start..<start + count)
            start += count
        }
    }
}
