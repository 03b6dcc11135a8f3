import Testing

@testable import SkimTrainingModule

@Suite(.serialized)
struct FeasibilityStudyTests {
    /// At the minimum, the gradient of the penalised loss is zero: the condition that defines the fit.
    @Test func regressionIsAtTheMinimum() throws {
        var generator = SeededGenerator(seed: 1, name: "regression")
        let rows = (0..<200).map { _ in generator.normals(3, deviation: 2) }
        let labels = rows.map { row in
            Double(row[0]) - 0.5 * Double(row[1]) + 0.3 + 2 * (generator.unit() - 0.5) > 0
        }
        let fit = try LogisticRegression(rows: rows, labels: labels, positiveWeight: 2, ridge: 0.5)
        let weights = try fit.weights.doubles()
        // Differences of the loss in each direction, computed without the fit's own formulas.
        let probabilities = try fit.probabilities(rows)
        let residuals = zip(probabilities, labels).map { ($1 ? 2 : 1) * ($0 - ($1 ? 1 : 0)) }
        #expect(abs(residuals.reduce(0, +)) < 1e-6)
        for column in 0..<3 {
            let values = rows.map { Double($0[column]) }
            let mean = values.reduce(0, +) / 200
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
            let slope = zip(residuals, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) / deviation }
            #expect(abs(slope + 0.5 * weights[column]) < 1e-6)
        }
        #expect(weights[0] > 1 && weights[1] < 0 && abs(weights[2]) < 0.5)
    }

    @Test func findsWhatSeparates() throws {
        let rows = (0..<40).map { [Float($0), 7] }
        let fit = try LogisticRegression(rows: rows, labels: (0..<40).map { $0 >= 20 })
        let probabilities = try fit.probabilities(rows)
        #expect(rows.indices.allSatisfy { (probabilities[$0] >= 0.5) == ($0 >= 20) })
    }

    @Test func scoresEveryLayer() throws {
        let run = try TinyRun()
        let findings = try FeasibilityStudy(run.configuration).run(threads: 1) { _ in }
        #expect(findings.layers.map(\.layer) == [1, 2])
        #expect(findings.trainingBlocks > findings.blocks && findings.blocks > 0)
        #expect(findings.layers.allSatisfy { (0...1).contains($0.accuracy) && (0...1).contains($0.f1) })
        #expect(findings.answerShare > 0 && findings.answerShare < 1)
    }
}
