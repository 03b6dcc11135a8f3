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
                let sum = dot(
                    x[row * inputs..<(row + 1) * inputs],
                    weight[output * inputs..<(output + 1) * inputs],
                    plus: Double(bias[output])
                )
                y[row * outputs + output] = Float(sum)
            }
        }
        return y
    }

    /// `start + Σ x · y`, added up in order.
    ///
    /// Nearly all the time of a reference encoder goes here. Debug builds, in which tests run, take half as long with
    /// pointers and a plain loop as with indices in a range.
    private static func dot(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>, plus start: Double) -> Double {
        precondition(x.count == y.count, "\(x.count) elements times \(y.count)")
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                var sum = start
                guard var left = x.baseAddress, var right = y.baseAddress else { return sum }
                let end = left + x.count
                while left < end {
                    sum += Double(left.pointee) * Double(right.pointee)
                    left += 1
                    right += 1
                }
                return sum
            }
        }
    }
}
