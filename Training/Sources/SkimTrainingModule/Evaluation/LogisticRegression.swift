import Foundation

/// Logistic regression with a small ridge, fitted by Newton's method on standardised features.
struct LogisticRegression {
    /// One weight a feature, then the intercept, for standardised features.
    private(set) var weights: [Double]
    private let means: [Double]
    private let deviations: [Double]

    /// Fits the weights.
    ///
    /// - Parameters:
    ///   - rows: one list of features an example, all of the same length.
    ///   - labels: what is to be predicted.
    ///   - positiveWeight: how many times an example with the label counts.
    ///   - ridge: the penalty on squared weights, the intercept's excepted.
    init(rows: [[Float]], labels: [Bool], positiveWeight: Double = 1, ridge: Double = 1) {
        precondition(
            rows.count == labels.count && !rows.isEmpty,
            "\(rows.count) rows, \(labels.count) labels"
        )
        let width = rows[0].count
        var (means, deviations) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        for row in rows { for column in 0..<width { means[column] += Double(row[column]) } }
        for column in 0..<width { means[column] /= Double(rows.count) }
        for row in rows {
            for column in 0..<width {
                let distance = Double(row[column]) - means[column]
                deviations[column] += distance * distance
            }
        }
        for column in 0..<width {
            let deviation = (deviations[column] / Double(rows.count)).squareRoot()
            deviations[column] = deviation > 1e-12 ? deviation : 1
        }
        (self.means, self.deviations) = (means, deviations)
        weights = [Double](repeating: 0, count: width + 1)

        let inputs = rows.map { standardised($0) }
        let size = width + 1
        for _ in 0..<30 {
            var gradient = [Double](repeating: 0, count: size)
            var hessian = [Double](repeating: 0, count: size * size)
            for (input, label) in zip(inputs, labels) {
                let probability = Self.logistic(zip(input, weights).reduce(0) { $0 + $1.0 * $1.1 })
                let importance = label ? positiveWeight : 1
                let slope = importance * (probability - (label ? 1 : 0))
                let curvature = importance * probability * (1 - probability)
                for i in 0..<size {
                    gradient[i] += slope * input[i]
                    let scaled = curvature * input[i]
                    for j in 0...i { hessian[i * size + j] += scaled * input[j] }
                }
            }
            for i in 0..<size {
                hessian[i * size + i] += i < width ? ridge : 1e-9
                if i < width { gradient[i] += ridge * weights[i] }
            }
            let step = Self.solve(hessian, gradient)
            for i in 0..<size { weights[i] -= step[i] }
            if step.allSatisfy({ abs($0) < 1e-8 }) { break }
        }
    }

    /// The probability of the label.
    func probability(_ row: [Float]) -> Double {
        Self.logistic(zip(standardised(row), weights).reduce(0) { $0 + $1.0 * $1.1 })
    }

    private func standardised(_ row: [Float]) -> [Double] {
        row.indices.map { (Double(row[$0]) - means[$0]) / deviations[$0] } + [1]
    }

    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// Solves a positive definite system by Cholesky's decomposition; only the lower triangle is read.
    private static func solve(_ matrix: [Double], _ right: [Double]) -> [Double] {
        let size = right.count
        var lower = matrix
        for i in 0..<size {
            for j in 0...i {
                var sum = lower[i * size + j]
                for k in 0..<j { sum -= lower[i * size + k] * lower[j * size + k] }
                lower[i * size + j] = i == j ? max(sum, 1e-12).squareRoot() : sum / lower[j * size + j]
            }
        }
        var solution = right
        for i in 0..<size {
            for k in 0..<i { solution[i] -= lower[i * size + k] * solution[k] }
            solution[i] /= lower[i * size + i]
        }
        for i in (0..<size).reversed() {
            for k in i + 1..<size { solution[i] -= lower[k * size + i] * solution[k] }
            solution[i] /= lower[i * size + i]
        }
        return solution
    }
}
