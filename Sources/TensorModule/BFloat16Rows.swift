import CKernels

/// Rows rounded to bf16, in slices of a few columns that stand one behind the other: oneDNN's products with AMX want rows
/// without gaps.
struct BFloat16Rows: @unchecked Sendable {
    // Sendable: workers write rows of their own, and read others only in a later phase.

    /// The columns of a slice; the last may have fewer.
    ///
    /// With so many oneDNN adds up in one order, however many rows there are.
    static let sliceColumns = 768

    /// oneDNN's products are made of multiples of so many rows, the last of which nobody wants: with fewer, oneDNN has other code,
    /// which adds up in another order.
    static let rowUnit = 16

    let columns: Int
    private let start: UnsafeMutablePointer<UInt16>
    /// The rows of the whole.
    private let rows: Int
    /// The first row meant.
    private let first: Int

    /// - Parameters:
    ///   - rows: The rows.
    ///   - columns: The columns.
    ///   - storage: Room for them, used until more room is reserved in it.
    /// - Throws: `outOfMemory`.
    init(rows: Int, columns: Int, storage: ByteBuffer) throws(TensorError) {
        let (count, isTooLarge) = (rows + Self.rowUnit).multipliedReportingOverflow(by: columns)
        self.init(
            columns: columns,
            start: try storage.reserve(isTooLarge ? .max : count, of: UInt16.self),
            rows: rows,
            first: 0
        )
    }

    private init(columns: Int, start: UnsafeMutablePointer<UInt16>, rows: Int, first: Int) {
        self.columns = columns
        self.start = start
        self.rows = rows
        self.first = first
    }

    /// The columns of each slice of a matrix with `columns` columns.
    static func slices(of columns: Int) -> [Range<Int>] {
        stride(from: 0, to: columns, by: sliceColumns).map { $0..<min(columns, $0 + sliceColumns) }
    }

    /// The rows from `row` on.
    func from(_ row: Int) -> BFloat16Rows {
        BFloat16Rows(columns: columns, start: start, rows: rows, first: first + row)
    }

    /// One slice of the rows, `[rows, slice.count]`.
    func slice(_ slice: Range<Int>) -> UnsafeMutablePointer<UInt16> {
        start + slice.lowerBound * rows + first * slice.count
    }

    /// Rounds `count` rows of `values` `[count, columns]`, whose rows are `stride` apart.
    func round(_ values: UnsafePointer<Float>, stride: Int, count: Int) {
        for slice in Self.slices(of: columns) {
            let target = self.slice(slice)
            for row in 0..<count {
                blockskim_round_to_bfloat16(
                    values + row * stride + slice.lowerBound,
                    slice.count,
                    target + row * slice.count
                )
            }
        }
    }
}
