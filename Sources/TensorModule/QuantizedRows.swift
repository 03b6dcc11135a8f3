import CKernels

/// Rows of unsigned 8-bit integers, `x ≈ scale · (integer − zero)` with a scale and a zero for each row, in memory that is
/// used again.
final class QuantizedRows {
    private let integerBuffer = ByteBuffer()
    private let scaleBuffer = ByteBuffer()
    private let zeroBuffer = ByteBuffer()

    /// The rows from one on; valid until more room is reserved.
    struct Rows: @unchecked Sendable {
        // Sendable: workers write rows of their own, and read others only in a later phase.

        let columns: Int
        /// The integers, `[rows, columns]`.
        let integers: UnsafeMutablePointer<UInt8>
        /// The scale of each row, `[rows]`.
        let scales: UnsafeMutablePointer<Float>
        /// The zero of each row, `[rows]`.
        let zeros: UnsafeMutablePointer<Int32>

        /// The rows from `row` on.
        func from(_ row: Int) -> Rows {
            Rows(
                columns: columns,
                integers: integers + row * columns,
                scales: scales + row,
                zeros: zeros + row
            )
        }

        /// Rounds `count` rows of `values` `[count, columns]`.
        func quantize(_ values: UnsafePointer<Float>, count: Int) {
            blockskim_quantize_rows(values, count, columns, integers, scales, zeros)
        }
    }

    /// Makes room.
    ///
    /// - Throws: `outOfMemory`.
    func reserve(rows: Int, columns: Int) throws(TensorError) -> Rows {
        let (count, isTooLarge) = rows.multipliedReportingOverflow(by: columns)
        return Rows(
            columns: columns,
            // Products read whole steps, so a few bytes behind the last row too.
            integers: try integerBuffer.reserve(isTooLarge ? .max : min(count, .max - 8) + 8, of: UInt8.self),
            scales: try scaleBuffer.reserve(rows, of: Float.self),
            zeros: try zeroBuffer.reserve(rows, of: Int32.self)
        )
    }
}
