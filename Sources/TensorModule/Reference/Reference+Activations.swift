#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Reference {
    /// `0.5 · x · (1 + erf(x / √2))`, element by element.
    package static func geluErf(_ x: [Float]) -> [Float] {
        x.map { element in
            let x = Double(element)
            return Float(0.5 * x * (1 + erf(x / 2.0.squareRoot())))
        }
    }

    /// `0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`, element by element.
    package static func geluTanh(_ x: [Float]) -> [Float] {
        x.map { element in
            let x = Double(element)
            return Float(0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))))
        }
    }

    /// `max(x, 0)`, element by element; what is not a number stays so.
    package static func relu(_ x: [Float]) -> [Float] {
        x.map { $0 < 0 ? 0 : $0 }
    }

    /// `exp(x) / Σ exp(x)` over each row.
    ///
    /// - Parameters:
    ///   - x: `[rows, width]`.
    ///   - width: the elements of a row.
    /// - Returns: `[rows, width]`; each row sums to 1.
    package static func softmax(_ x: [Float], width: Int) -> [Float] {
        precondition(width > 0 && x.count.isMultiple(of: width), "\(x.count) elements in rows of \(width)")
        var y = x
        for row in stride(from: 0, to: x.count, by: width) {
            // Without the maximum taken away, exp overflows for logits that are merely large.
            let largest = Double(x[row..<row + width].max() ?? 0)
            let powers = x[row..<row + width].map { exp(Double($0) - largest) }
            let sum = powers.reduce(0, +)
            for column in 0..<width { y[row + column] = Float(powers[column] / sum) }
        }
        return y
    }
}
