import CLibXSMM

/// libxsmm's products in f32, for processors without AVX-512.
///
/// A kernel adds up each element over the whole inner dimension in one order, whatever the other rows are.
enum LibXSMM {
    /// The most rows of one block.
    static let mostRows = 48

    /// Computes `result = left × panels`, or adds that to `result`.
    ///
    /// - Parameters:
    ///   - left: `[rows, inner]`, its rows `leftStride` apart.
    ///   - leftStride: How far its rows are apart.
    ///   - rows: The rows.
    ///   - panels: `[inner, columns]`.
    ///   - result: `[rows, columns]`.
    ///   - resultStride: How far its rows are apart.
    ///   - accumulate: Adds to what `result` holds.
    ///   - edge: Room for results that end inside a panel.
    static func multiply(
        _ left: UnsafePointer<Float>,
        stride leftStride: Int,
        rows: Int,
        by panels: ColumnPanels,
        into result: UnsafeMutablePointer<Float>,
        stride resultStride: Int,
        accumulate: Bool,
        edge: FloatBuffer
    ) {
        let width = ColumnPanels.width
        let edge = edge.reserve(mostRows * width)
        // Rows that stay in the second-level cache meet one panel after the other.
        for block in blocks(of: rows) {
            let source = left + block.lowerBound * leftStride
            for column in Swift.stride(from: 0, to: panels.columns, by: width) {
                let panel = panels.panel(atColumn: column)
                let columns = min(width, panels.columns - column)
                let target = result + block.lowerBound * resultStride + column
                if columns == width {
                    multiply(
                        source,
                        leftStride,
                        block.count,
                        panel,
                        panels.inner,
                        target,
                        resultStride,
                        accumulate
                    )
                    continue
                }
                for row in 0..<block.count where accumulate {
                    (edge + row * width).update(from: target + row * resultStride, count: columns)
                    (edge + row * width + columns).update(repeating: 0, count: width - columns)
                }
                multiply(source, leftStride, block.count, panel, panels.inner, edge, width, accumulate)
                for row in 0..<block.count {
                    (target + row * resultStride).update(from: edge + row * width, count: columns)
                }
            }
        }
    }

    private static func multiply(
        _ left: UnsafePointer<Float>,
        _ leftStride: Int,
        _ rows: Int,
        _ panel: UnsafePointer<Float>,
        _ inner: Int,
        _ result: UnsafeMutablePointer<Float>,
        _ resultStride: Int,
        _ accumulate: Bool
    ) {
        let isDone = libxsmm_panel_product(
            Int32(rows),
            Int32(ColumnPanels.width),
            Int32(inner),
            left,
            Int32(leftStride),
            panel,
            result,
            Int32(resultStride),
            accumulate
        )
        precondition(
            isDone,
            "libxsmm has no kernel for [\(rows), \(inner)] × [\(inner), \(ColumnPanels.width)]"
        )
    }

    /// Cuts rows into blocks of nearly equal size.
    static func blocks(of rows: Int) -> some Sequence<Range<Int>> {
        let count = (rows + mostRows - 1) / mostRows
        return (0..<count).lazy.map { Share($0, of: count).range(of: rows) }
    }
}
