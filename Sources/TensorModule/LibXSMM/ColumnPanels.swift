import CKernels

/// A matrix `[inner, columns]` in panels of a few columns, each `[inner, width]` row-major; the last is filled up with
/// zeros.
struct ColumnPanels: @unchecked Sendable {
    // Sendable: the elements do not change after `init`.

    let inner: Int
    let columns: Int
    /// The columns of a panel.
    let width: Int
    private let elements: Elements

    private enum Elements {
        case float32(UnsafePointer<Float>)
        /// Widened where they are used.
        case bfloat16(UnsafePointer<UInt16>)
        /// `[inner / 2, width, 2]` each.
        case bfloat16Pairs(UnsafePointer<UInt16>)
    }

    /// What becomes of the columns that fill up the last panel.
    enum Edges {
        /// They are left out of the result.
        case exact
        /// They are written, as zeros: the result has room for whole panels.
        case wholePanels
    }

    /// The elements that the panels of a matrix take.
    static func elementCount(inner: Int, columns: Int, width: Int) -> Int {
        (columns + width - 1) / width * width * inner
    }

    /// Copies the matrix whose element (k, column) is `matrix[k · innerStride + column · columnStride]`.
    ///
    /// - Parameters:
    ///   - matrix: The elements.
    ///   - innerStride: How far neighbours in a column are apart.
    ///   - columnStride: How far neighbours in a row are apart; either is 1.
    ///   - rows: The rows of the matrix.
    ///   - inner: The rows of the panels: those beyond the matrix are zero.
    ///   - columns: The columns of the matrix.
    ///   - width: The columns of a panel.
    ///   - storage: Receives the panels; `elementCount(inner:columns:width:)` elements that outlive the value.
    init(
        _ matrix: UnsafePointer<Float>,
        innerStride: Int,
        columnStride: Int,
        rows: Int,
        inner: Int,
        columns: Int,
        width: Int,
        storage: UnsafeMutablePointer<Float>
    ) {
        precondition(rows <= inner, "\(rows) rows in panels of \(inner)")
        blockskim_pack_panels(matrix, innerStride, columnStride, rows, inner, columns, width, storage)
        self.inner = inner
        self.columns = columns
        self.width = width
        elements = .float32(UnsafePointer(storage))
    }

    /// Panels that were made before, or some of them.
    ///
    /// - Parameters:
    ///   - elements: Where the first panel begins; they outlive the value.
    ///   - inner: The rows of the panels.
    ///   - columns: The columns of the matrix from there on.
    ///   - width: The columns of a panel.
    init(packed elements: UnsafePointer<Float>, inner: Int, columns: Int, width: Int) {
        self.inner = inner
        self.columns = columns
        self.width = width
        self.elements = .float32(elements)
    }

    private init(_ panels: ColumnPanels, rounded: Elements) {
        inner = panels.inner
        columns = panels.columns
        width = panels.width
        elements = rounded
    }

    /// The memory that the elements take.
    var byteCount: Int {
        let count = Self.elementCount(inner: inner, columns: columns, width: width)
        return switch elements {
        case .float32: count * MemoryLayout<Float>.stride
        case .bfloat16, .bfloat16Pairs: count * MemoryLayout<UInt16>.stride
        }
    }

    /// Panels that are rounded to bf16.
    ///
    /// Where the processor multiplies bf16 they want rows that are rounded, too (``wantRoundedRows``); where not, or with an odd
    /// number of rows, they are widened where they are used.
    ///
    /// - Parameter storage: Receives them; as many elements as these panels have, which outlive the value.
    /// - Returns: The same matrix, but for the rounding.
    func rounded(into storage: UnsafeMutablePointer<UInt16>) -> ColumnPanels {
        guard case .float32(let start) = elements else { return self }
        let count = Self.elementCount(inner: inner, columns: columns, width: width)
        if LibXSMM.multipliesBFloat16, inner.isMultiple(of: 2) {
            blockskim_round_to_pairs(start, count / width, width, storage)
            return ColumnPanels(self, rounded: .bfloat16Pairs(storage))
        }
        blockskim_round_to_bfloat16(start, count, storage)
        return ColumnPanels(self, rounded: .bfloat16(storage))
    }

    /// The same, with storage that grows as needed.
    func rounded(into storage: ByteBuffer) throws(TensorError) -> ColumnPanels {
        rounded(
            into: try storage.reserve(
                Self.elementCount(inner: inner, columns: columns, width: width),
                of: UInt16.self
            )
        )
    }

    /// Whether rows are multiplied in bf16.
    var wantRoundedRows: Bool {
        if case .bfloat16Pairs = elements { true } else { false }
    }

    /// The `count` elements from one on, as they are multiplied.
    private func part(
        from start: Int,
        count: Int,
        on worker: Worker
    ) throws(TensorError) -> UnsafeRawPointer {
        switch elements {
        case .float32(let elements):
            return UnsafeRawPointer(elements + start)
        case .bfloat16Pairs(let elements):
            return UnsafeRawPointer(elements + start)
        case .bfloat16(let elements):
            let widened = try worker.widened.reserve(Self.innerAtOnce * width)
            blockskim_widen_bfloat16(elements + start, count, widened)
            return UnsafeRawPointer(widened)
        }
    }

    /// The left operand of a product.
    enum Rows {
        case float32(UnsafePointer<Float>, stride: Int)
        case bfloat16(BFloat16Rows)

        /// Some columns from a row on, and how far the rows are apart.
        fileprivate func part(from row: Int, columns: Range<Int>) -> (UnsafeRawPointer, stride: Int) {
            switch self {
            case .float32(let start, let stride):
                (UnsafeRawPointer(start + row * stride + columns.lowerBound), stride)
            case .bfloat16(let rows):
                (UnsafeRawPointer(rows.from(row).slice(columns)), columns.count)
            }
        }

        fileprivate var areRounded: Bool {
            if case .bfloat16 = self { true } else { false }
        }
    }

    /// Rows as these panels want them: as they are, or rounded by and for a worker, until it rounds others.
    func rows(
        _ values: UnsafePointer<Float>,
        stride: Int,
        count: Int,
        on worker: Worker
    ) throws(TensorError) -> Rows {
        guard wantRoundedRows else { return .float32(values, stride: stride) }
        let rounded = try BFloat16Rows(rows: count, columns: inner, storage: worker.bfloat16Rows)
        rounded.round(values, stride: stride, count: count)
        return .bfloat16(rounded)
    }

    /// Computes `result = left × panels`, or adds that to `result`, and applies `finish` to each part of it.
    ///
    /// - Parameters:
    ///   - left: `[rows, inner]`, rounded when these panels want that.
    ///   - rows: The rows.
    ///   - result: `[rows, columns]`.
    ///   - resultStride: How far its rows are apart.
    ///   - accumulate: Adds to what `result` holds.
    ///   - edges: Whether columns beyond the matrix are written too.
    ///   - worker: Who does it.
    ///   - finish: Given a part that is done: where it begins, its rows, and its columns.
    /// - Throws: `refused`, `outOfMemory`.
    func multiply(
        _ left: Rows,
        rows: Int,
        into result: UnsafeMutablePointer<Float>,
        stride resultStride: Int,
        accumulate: Bool = false,
        edges: Edges = .exact,
        on worker: Worker,
        finish: (UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Range<Int>) -> Void = { _, _, _ in }
    ) throws(TensorError) {
        precondition(left.areRounded == wantRoundedRows, "rows and panels in different formats")
        let edge = try worker.panelEdge.reserve(Self.rowsAtOnce * width)
        for groupStart in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
            let group = groupStart..<min(rows, groupStart + Self.rowsAtOnce)
            for column in stride(from: 0, to: columns, by: width) {
                let range = column..<min(columns, column + width)
                let isWhole = range.count == width || edges == .wholePanels
                let target = result + group.lowerBound * resultStride + column
                let (output, outputStride) = isWhole ? (target, resultStride) : (edge, width)
                if !isWhole, accumulate {
                    for row in 0..<group.count {
                        let place = edge + row * width
                        place.update(from: target + row * resultStride, count: range.count)
                        (place + range.count).update(repeating: 0, count: width - range.count)
                    }
                }
                for k in stride(from: 0, to: inner, by: Self.innerAtOnce) {
                    let innerCount = min(Self.innerAtOnce, inner - k)
                    let panel = try part(
                        from: column * inner + k * width,
                        count: innerCount * width,
                        on: worker
                    )
                    try RowBlocks.forEach(of: 0..<group.count) { block throws(TensorError) in
                        let (rows, leftStride) = left.part(
                            from: group.lowerBound + block.lowerBound,
                            columns: k..<k + innerCount
                        )
                        let kernel = try LibXSMM.Kernel(
                            rows: block.count,
                            columns: width,
                            inner: innerCount,
                            leftStride: leftStride,
                            resultStride: outputStride,
                            accumulate: accumulate || k > 0,
                            bfloat16: wantRoundedRows
                        )
                        kernel(rows, panel, output + block.lowerBound * outputStride)
                    }
                }
                if !isWhole {
                    for row in 0..<group.count {
                        (target + row * resultStride).update(from: edge + row * width, count: range.count)
                    }
                }
                finish(target, group.count, range)
            }
        }
    }

    /// The rows that meet one panel after the other, from the second-level cache.
    private static let rowsAtOnce = 2 * RowBlocks.largest
    /// The rows of a panel that are used at a time, so that they stay in the second-level cache beside those rows.
    ///
    /// A sum of more terms is made of several, always the same ones.
    private static let innerAtOnce = BFloat16Rows.sliceColumns
}
