/// Rows in the number format in which a product multiplies them, where that is not f32.
enum ConvertedRows: Sendable {
    case integers(QuantizedRows.Rows)
    case bfloat16(BFloat16Rows)

    /// The rows from `row` on.
    func from(_ row: Int) -> ConvertedRows {
        switch self {
        case .integers(let rows): .integers(rows.from(row))
        case .bfloat16(let rows): .bfloat16(rows.from(row))
        }
    }

    /// Converts `count` rows of `values` `[count, columns]`.
    func convert(_ values: UnsafePointer<Float>, count: Int) {
        switch self {
        case .integers(let rows): rows.quantize(values, count: count)
        case .bfloat16(let rows): rows.round(values, stride: rows.columns, count: count)
        }
    }
}
