import CKernels

/// A matrix `[inner, columns]` in panels of 32 columns, each `[inner, 32]` row-major; the last is filled up with zeros.
struct ColumnPanels: @unchecked Sendable {
    // Sendable: the elements do not change after `init`.

    /// The columns of a panel.
    ///
    /// With 32, a row's result does not depend on how many rows there are, in all of libxsmm's instruction sets; with 16 it
    /// does under AVX-512. `PackedLinearTests` pins the first.
    static let width = Int(BLOCKSKIM_PANEL_COLUMNS)

    let inner: Int
    let columns: Int
    private let start: UnsafePointer<Float>

    /// The elements that the panels of a matrix take.
    static func elementCount(inner: Int, columns: Int) -> Int {
        (columns + width - 1) / width * width * inner
    }

    /// Copies the matrix whose element (k, column) is `matrix[k · innerStride + column · columnStride]`.
    ///
    /// - Parameters:
    ///   - matrix: The elements.
    ///   - innerStride: How far neighbours in a column are apart.
    ///   - columnStride: How far neighbours in a row are apart.
    ///   - inner: The rows of the matrix.
    ///   - columns: Its columns.
    ///   - storage: Receives the panels; `elementCount(inner:columns:)` elements that outlive the value.
    init(
        _ matrix: UnsafePointer<Float>,
        innerStride: Int,
        columnStride: Int,
        inner: Int,
        columns: Int,
        storage: UnsafeMutablePointer<Float>
    ) {
        blockskim_pack_panels(matrix, innerStride, columnStride, inner, columns, storage)
        self.inner = inner
        self.columns = columns
        start = UnsafePointer(storage)
    }

    /// The panel that begins at a column.
    func panel(atColumn column: Int) -> UnsafePointer<Float> { start + column * inner }
}
