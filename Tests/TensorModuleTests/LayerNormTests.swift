import TensorModule
import TestSupport
import Testing

@Suite(.serialized) struct LayerNormTests {
    static let teams = [1, 2, 3].map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    /// Values up to 2.2 are added up, and the mean's error is divided by a deviation of 0.87.
    @Test(arguments: [1, 2, 7, 16, 33], [1, 2, 31, 32, 384, 771])
    func equalsTheReferenceOnAnyTeam(rows: Int, columns: Int) {
        let scale = FormulaWeights.units("scale", count: columns).map { 1 + $0 }
        let shift = FormulaWeights.units("shift", count: columns)
        let norm = LayerNorm(scale: scale, shift: shift, epsilon: 1e-12)
        // Off zero, as the sums of a residual connection are.
        let values = FormulaWeights.units("values", count: rows * columns).map { 3 * $0 + 0.7 }
        let expected = Reference.layerNorm(values, weight: scale, bias: shift, epsilon: 1e-12)
        let first = norm.result(of: values, rows: rows, on: Self.teams[0])
        let tolerance = 1e-6 + sumTolerance(terms: columns, size: 2.2 / 0.87)
        #expect(difference(first, expected, absolute: tolerance) == nil)
        for team in Self.teams {
            let same = areBitwiseEqual(norm.result(of: values, rows: rows, on: team), first)
            #expect(same, "a team of \(team.size)")
        }
        let alone = norm.result(of: Array(values.suffix(columns)), rows: 1, on: Self.teams[0].workers[0])
        let same = areBitwiseEqual(alone, Array(first.suffix(columns)))
        #expect(same, "one row by itself")
    }

    @Test func epsilonKeepsAConstantRowFinite() {
        let norm = LayerNorm(scale: [2, 2, 2], shift: [1, 2, 3], epsilon: 1e-5)
        #expect(norm.result(of: [4, 4, 4], rows: 1, on: Self.teams[0]) == [1, 2, 3])
        let expected = Reference.layerNorm([0, 0.01, 0], weight: [2, 2, 2], bias: [1, 2, 3], epsilon: 1e-5)
        let result = norm.result(of: [0, 0.01, 0], rows: 1, on: Self.teams[0])
        #expect(difference(result, expected) == nil)
    }
}

extension LayerNorm {
    fileprivate func result(of values: [Float], rows: Int, on crew: some Crew) -> [Float] {
        var values = values
        values.withUnsafeMutableBufferPointer { values in
            guard let start = values.baseAddress else { return }
            self(start, rows: rows, on: crew)
        }
        return values
    }
}
