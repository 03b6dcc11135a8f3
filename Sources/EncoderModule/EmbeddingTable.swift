/// A table `[rowCount, width]` whose rows are read when they are asked for.
///
/// The word embeddings are half of a small model, and a question needs a few hundred of their 30,522 rows. They
/// stay in the mapped file in their stored type, so that a cold start does not convert them.
package struct EmbeddingTable: Sendable {
    /// The number of rows.
    package let rowCount: Int
    /// The elements of a row.
    package let width: Int
    private let source: Source

    private enum Source: Sendable {
        case file(any TensorFile, tensor: String)
        case memory([Float])
    }

    init(file: any TensorFile, tensor: String, rowCount: Int, width: Int) throws(EncoderError) {
        self.rowCount = rowCount
        self.width = width
        source = .file(file, tensor: tensor)
        // Finds out now, not at the first question, that the elements are not floating-point numbers.
        if rowCount > 0 { _ = try row(0) }
    }

    /// A table in memory, such as random weights for a benchmark.
    package init(values: [Float], rowCount: Int, width: Int) {
        precondition(
            values.count == rowCount * width,
            "\(values.count) values do not fill [\(rowCount), \(width)]"
        )
        self.rowCount = rowCount
        self.width = width
        source = .memory(values)
    }

    /// Writes one row.
    ///
    /// - Parameters:
    ///   - rowIndex: below `rowCount`.
    ///   - row: room for `width` elements.
    /// - Throws: `safetensors`.
    package func copyRow(
        _ rowIndex: Int,
        into row: UnsafeMutableBufferPointer<Float>
    ) throws(EncoderError) {
        precondition((0..<rowCount).contains(rowIndex), "row \(rowIndex) of a table of \(rowCount)")
        precondition(row.count == width, "room for \(row.count) elements, a row has \(width)")
        let elements = rowIndex * width..<(rowIndex + 1) * width
        switch source {
        case .file(let file, let tensor):
            try file.copyElements(elements, of: tensor, into: row)
        case .memory(let values):
            _ = row.update(fromContentsOf: values[elements])
        }
    }

    /// Writes one row into an array of `width` elements.
    ///
    /// - Throws: `safetensors`.
    package func copyRow(_ rowIndex: Int, into row: inout [Float]) throws(EncoderError) {
        let result = row.withUnsafeMutableBufferPointer { buffer in
            Result { () throws(EncoderError) in try copyRow(rowIndex, into: buffer) }
        }
        try result.get()
    }

    /// One row, `[width]`.
    ///
    /// - Throws: `safetensors`.
    package func row(_ rowIndex: Int) throws(EncoderError) -> [Float] {
        var row = [Float](repeating: 0, count: width)
        try copyRow(rowIndex, into: &row)
        return row
    }
}
