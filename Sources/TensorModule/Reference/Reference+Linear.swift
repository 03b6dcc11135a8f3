extension Reference {
    /// `y = x · weightᵀ + bias`.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`.
    ///   - weight: `[outputs, inputs]`.
    ///   - bias: `[outputs]`; its length is the number of outputs.
    ///   - rows: the rows of x.
    /// - Returns: `[rows, outputs]`.
    package static func linear(_ x: [Float], weight: [Float], bias: [Float], rows: Int) -> [Float] {
        let outputs = bias.count
        let inputs = weight.count / max(outputs, 1)
        precondition(
            weight.count == outputs * inputs && x.count == rows * inputs,
            "\(x.count) elements in \(rows) rows for weights [\(outputs), \(inputs)]"
        )
        var y = [Float](repeating: 0, count: rows * outputs)
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = Double(bias[output])
                for input in 0..<inputs {
                    sum += Double(x[row * inputs + input]) * Double(weight[output * inputs + input])
                }
                y[row * outputs + output] = Float(sum)
            }
        }
        return y
    }
}
