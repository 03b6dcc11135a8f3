extension Reference {
    /// Rounded to bfloat16, the upper half of a float, to nearest even.
    package static func bfloat16(_ values: [Float]) -> [Float] {
        values.map { value in
            let bits = value.bitPattern
            let upper = bits >> 16
            let rest = bits & 0xFFFF
            let isUp = rest > 0x8000 || rest == 0x8000 && upper & 1 == 1
            return Float(bitPattern: (isUp ? upper + 1 : upper) << 16)
        }
    }

    /// A row as integers from 0 to 127: `x ≈ scale · (integer − zero)`.
    package static func quantizedRow(_ row: [Float]) -> (integers: [Int], zero: Int, scale: Float) {
        let least = min(0, row.min() ?? 0)
        let range = max(0, row.max() ?? 0) - least
        let factor = range > 1e-30 ? 127 / range : 0
        let zero = Int((-least * factor).rounded(.toNearestOrEven))
        let integers = row.map { value in
            let product = value * factor
            return min(127, max(0, Int(product.rounded(.toNearestOrEven)) + zero))
        }
        return (integers, zero, range / 127)
    }

    /// The weights of an output as integers from -64 to 64: `w ≈ scale · integer`.
    package static func quantizedWeights(_ weights: [Float]) -> (integers: [Int], scale: Float) {
        let most = weights.map(abs).max() ?? 0
        let factor = most > 1e-30 ? 64 / most : 0
        return (weights.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, most / 64)
    }

    /// ``linear(_:weight:bias:rows:)`` with inputs and weights rounded to 8 bits.
    ///
    /// - Parameters:
    ///   - input: `[rows, inputs]`.
    ///   - weight: `[outputs, inputs]`.
    ///   - bias: `[outputs]`.
    ///   - rows: The rows.
    ///   - residual: `[rows, outputs]`, added at the end; nil for none.
    /// - Returns: `[rows, outputs]`.
    package static func integerLinear(
        _ input: [Float],
        weight: [Float],
        bias: [Float],
        rows: Int,
        residual: [Float]? = nil
    ) -> [Float] {
        let inputs = input.count / rows
        let outputs = (0..<bias.count).map { output in
            quantizedWeights(Array(weight[output * inputs..<(output + 1) * inputs]))
        }
        var result: [Float] = []
        for row in 0..<rows {
            let (integers, zero, scale) = quantizedRow(Array(input[row * inputs..<(row + 1) * inputs]))
            for (output, weights) in outputs.enumerated() {
                var sum = 0
                for index in 0..<inputs { sum += (integers[index] - zero) * weights.integers[index] }
                let product = Float(sum) * scale * weights.scale
                var value = product + bias[output]
                if let residual { value += residual[row * outputs.count + output] }
                result.append(value)
            }
        }
        return result
    }
}
