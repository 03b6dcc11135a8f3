extension Reference {
    /// `(x − mean) / √(variance + epsilon) · weight + bias` over each row.
    ///
    /// The variance is the mean squared distance from the mean.
    ///
    /// - Parameters:
    ///   - x: `[rows, width]`.
    ///   - weight: `[width]`.
    ///   - bias: `[width]`.
    ///   - epsilon: what keeps a constant row from dividing by zero.
    /// - Returns: `[rows, width]`.
    package static func layerNorm(
        _ x: [Float],
        weight: [Float],
        bias: [Float],
        epsilon: Float
    ) -> [Float] {
        let width = weight.count
        precondition(
            width > 0 && bias.count == width && x.count.isMultiple(of: width),
            "\(x.count) elements in rows of \(width)"
        )
        var y = x
        for row in stride(from: 0, to: x.count, by: width) {
            let elements = x[row..<row + width].map(Double.init)
            let mean = elements.reduce(0, +) / Double(width)
            let variance = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            let deviation = (variance + Double(epsilon)).squareRoot()
            for column in 0..<width {
                let centred = (elements[column] - mean) / deviation
                y[row + column] = Float(centred * Double(weight[column]) + Double(bias[column]))
            }
        }
        return y
    }
}
