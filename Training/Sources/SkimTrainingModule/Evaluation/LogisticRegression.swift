import TorchModule

/// Logistic regression with a small ridge, fitted by Newton's method on standardised features, in 64 bits.
struct LogisticRegression {
    /// `[features + 1]`: one weight a feature, then the intercept, for standardised features.
    let weights: Tensor
    /// Both `[features]`.
    private let means, deviations: Tensor

    /// Fits the weights.
    ///
    /// - Parameters:
    ///   - rows: one list of features an example, all of the same length.
    ///   - labels: what is to be predicted.
    ///   - positiveWeight: how many times an example with the label counts.
    ///   - ridge: the penalty on squared weights, the intercept's excepted.
    /// - Throws: what libtorch refuses.
    init(
        rows: [[Float]],
        labels: [Bool],
        positiveWeight: Double = 1,
        ridge: Double = 1
    ) throws(TorchError) {
        precondition(
            rows.count == labels.count && !rows.isEmpty,
            "\(rows.count) rows, \(labels.count) labels"
        )
        let (count, width) = (rows.count, rows[0].count)
        let features = try Self.matrix(rows)  // [examples, features]
        let share = 1 / Double(count)
        means = try features.sum(over: [0]).scaled(by: share)
        let distances = try features.adding(means, scale: -1)
        let spread = try distances.multiplied(by: distances).sum(over: [0]).scaled(by: share).squareRoot()
        // A feature that does not vary stays 0 instead of becoming noise.
        let noise = try Tensor([Float](repeating: 1e-12, count: width), shape: [width])
        deviations = try spread.replaced(
            by: Self.ones([width]),
            whereZero: spread.adding(noise, scale: -1).relu()
        )

        let inputs = try Self.standardised(features, means, deviations)  // [examples, features + 1]
        let transposed = try inputs.permuted([1, 0])
        let wanted = try Tensor(labels.map { $0 ? 1 : 0 }, shape: [count]).asFloat64()
        let importance = try wanted.scaled(by: positiveWeight - 1).adding(Self.ones([count]))
        // The intercept's is there only so that the system can be solved whatever the probabilities.
        let penalties = [Float](repeating: 1, count: width) + [0]
        let penalty = try Tensor(penalties, shape: [width + 1]).asFloat64().scaled(by: ridge)
        let diagonal = (0..<(width + 1) * (width + 1)).map { place in
            let (row, column) = (place / (width + 1), place % (width + 1))
            return row != column ? 0 : row < width ? Float(ridge) : 1e-9
        }
        let ridges = try Tensor(diagonal, shape: [width + 1, width + 1]).asFloat64()

        var weights = try Tensor(zeros: [width + 1]).asFloat64()
        for _ in 0..<30 {
            let probabilities = try inputs.matrixProduct(weights).sigmoid()
            let slopes = try probabilities.adding(wanted, scale: -1).multiplied(by: importance)
            let gradient = try transposed.matrixProduct(slopes).adding(penalty.multiplied(by: weights))
            let complements = try Self.ones([count]).adding(probabilities, scale: -1)
            let curvatures = try probabilities.multiplied(by: complements).multiplied(by: importance)
            let weighted = try inputs.multiplied(by: curvatures.reshaped([count, 1]))
            let hessian = try transposed.matrixProduct(weighted).adding(ridges)
            let step = try hessian.solving(gradient)
            weights = try weights.adding(step, scale: -1)
            if try step.doubles().allSatisfy({ abs($0) < 1e-8 }) { break }
        }
        self.weights = weights
    }

    /// The probability of the label, one an example.
    ///
    /// - Throws: what libtorch refuses.
    func probabilities(_ rows: [[Float]]) throws(TorchError) -> [Double] {
        guard !rows.isEmpty else { return [] }
        return try Self.standardised(Self.matrix(rows), means, deviations).matrixProduct(weights)
            .sigmoid().doubles()
    }

    /// The weights for features as they are, and the intercept.
    ///
    /// - Throws: what libtorch refuses.
    func coefficients() throws(TorchError) -> (weights: [Double], intercept: Double) {
        let (standard, means, deviations) = try (weights.doubles(), means.doubles(), deviations.doubles())
        let plain = zip(standard, deviations).map { $0 / $1 }
        let shift = zip(plain, means).reduce(0) { $0 + $1.0 * $1.1 }
        return (plain, (standard.last ?? 0) - shift)
    }

    private static func matrix(_ rows: [[Float]]) throws(TorchError) -> Tensor {
        try Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count]).asFloat64()
    }

    private static func ones(_ shape: [Int]) throws(TorchError) -> Tensor {
        try Tensor([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape).asFloat64()
    }

    /// Mean 0 and deviation 1, with a 1 behind for the intercept: `[examples, features + 1]`.
    private static func standardised(
        _ features: Tensor,
        _ means: Tensor,
        _ deviations: Tensor
    ) throws(TorchError) -> Tensor {
        let inputs = try features.adding(means, scale: -1).divided(by: deviations)
        return try [inputs, ones([inputs.shape[0], 1])].concatenated(along: 1)
    }
}
