import TensorModule
import TestSupport
import Testing

/// One at a time: the tests share teams, and a team works for one caller.
@Suite(.serialized) struct PackedLinearTests {
    /// Rows, inputs, outputs: one of each, odd ones, those of small models, and outputs that are shared by columns.
    static let shapes = [
        (1, 1, 1), (1, 32, 96), (2, 3, 5), (3, 17, 33), (5, 31, 2), (7, 64, 32), (16, 16, 16), (33, 129, 65),
        (64, 32, 2), (1, 24, 400), (9, 20, 384), (40, 21, 577), (13, 12, 768), (130, 8, 800), (300, 9, 400),
    ]
    static let teams = [1, 2, 3, 4].map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    /// The largest error observed, over results from -1.7 to 1.8, is 4.8e-7.
    @Test(arguments: shapes)
    func equalsTheReferenceWhoeverPacksAndRunsIt(rows: Int, inputs: Int, outputs: Int) throws {
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let input = FormulaWeights.units("input", count: rows * inputs)
        let expected = Reference.linear(input, weight: layer.weights, bias: layer.bias, rows: rows)
        for workers in 1...4 {
            let linear = try layer.packed(workers: workers)
            for team in Self.teams {
                let result = linear.result(of: input, rows: rows, on: team)
                #expect(difference(result, expected) == nil, "packed for \(workers), run on \(team.size)")
            }
            let alone = linear.result(of: input, rows: rows, on: Self.teams[0].workers[0])
            #expect(difference(alone, expected) == nil, "packed for \(workers), run by one worker")
        }
    }

    /// The largest error observed, over results from -4.6 to 5.4, is 9.5e-7.
    @Test(arguments: [FusedActivation.none, .relu, .geluErf, .geluTanh], [false, true])
    func appliesTheActivationToTheSumWithTheResidual(activation: FusedActivation, accumulate: Bool) throws {
        let (rows, inputs, outputs) = (11, 19, 390)
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let input = FormulaWeights.units("input", count: rows * inputs).map { 4 * $0 }
        let residual = FormulaWeights.units("residual", count: rows * outputs)
        var sums = Reference.linear(input, weight: layer.weights, bias: layer.bias, rows: rows)
        if accumulate { sums = zip(sums, residual).map { $0 + $1 } }
        let expected =
            switch activation {
            case .none: sums
            case .relu: Reference.relu(sums)
            case .geluErf: Reference.geluErf(sums)
            case .geluTanh: Reference.geluTanh(sums)
            }
        for workers in 1...3 {
            let linear = try layer.packed(activation: activation, workers: workers)
            for team in Self.teams {
                let result = linear.result(
                    of: input,
                    rows: rows,
                    addingTo: accumulate ? residual : nil,
                    on: team
                )
                #expect(difference(result, expected) == nil, "packed for \(workers), run on \(team.size)")
            }
        }
    }

    /// Inputs and outputs of the products of tiny, small, base and large encoders and of the span head.
    static let layers = [
        (32, 96), (64, 32), (32, 2), (33, 17), (384, 2), (384, 1152), (1536, 384), (512, 512), (768, 2304),
        (3072, 768),
    ]
    static let rowCounts = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33, 48, 64, 65, 96, 97, 129]

    /// What a window gives may not depend on its batch mates, to the last bit.
    @Test(arguments: layers)
    func aRowsResultDoesNotDependOnTheOtherRowsOrOnTheTeam(inputs: Int, outputs: Int) throws {
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let most = 130
        let input = FormulaWeights.units("input", count: most * inputs)
        let residual = FormulaWeights.units("residual", count: most * outputs)
        for workers in [1, 2] {
            let linear = try layer.packed(workers: workers)
            for accumulate in [false, true] {
                let all = linear.result(
                    of: input,
                    rows: most,
                    addingTo: accumulate ? residual : nil,
                    on: Self.teams[0]
                )
                for team in Self.teams.prefix(3) {
                    for rows in Self.rowCounts {
                        // The last rows, so that each row meets other neighbours.
                        let result = linear.result(
                            of: Array(input.suffix(rows * inputs)),
                            rows: rows,
                            addingTo: accumulate ? Array(residual.suffix(rows * outputs)) : nil,
                            on: team
                        )
                        let isSame = areBitwiseEqual(result, Array(all.suffix(rows * outputs)))
                        #expect(
                            isSame,
                            "\(rows) rows, packed for \(workers), on \(team.size), accumulate \(accumulate)"
                        )
                    }
                }
            }
        }
    }

    @Test func weightsOutliveTheirNeighbours() throws {
        let layers = (1...6).map { FormulaLayer(inputs: 16, outputs: 8 * $0) }
        var packed = try layers.map { try $0.packed(workers: 1) }
        packed.removeFirst(5)
        _ = try layers.map { try $0.packed(workers: 1) }
        let input = FormulaWeights.units("input", count: 3 * 16)
        let expected = Reference.linear(input, weight: layers[5].weights, bias: layers[5].bias, rows: 3)
        #expect(difference(packed[0].result(of: input, rows: 3, on: Self.teams[0]), expected) == nil)
    }

    @Test func aLayerMayBeLargerThanWhatWeightsShare() throws {
        let (inputs, outputs) = (4_100, 1_100)  // 18 MB
        let linear = try PackedLinear(
            weights: [Float](repeating: 0.5, count: inputs * outputs),
            bias: (0..<outputs).map(Float.init),
            inputs: inputs
        )
        let ones = [Float](repeating: 1, count: 2 * inputs)
        let result = linear.result(of: ones, rows: 2, on: Self.teams[1])
        #expect(result == (0..<2 * outputs).map { Float($0 % outputs + inputs / 2) })
    }

    @Test func sharesColumnsWhenEachWorkerGetsEnoughOfThemAndRowsAreFew() throws {
        let linear = try FormulaLayer(inputs: 8, outputs: 400).packed(workers: 2)
        #expect(linear.sharesColumns(rows: 255, size: 2))
        #expect(!linear.sharesColumns(rows: 256, size: 2))
        #expect(linear.sharesColumns(rows: 256, size: 4))
        #expect(!linear.sharesColumns(rows: 8, size: 3))
        #expect(!linear.sharesColumns(rows: 8, size: 1))
        try #expect(!FormulaLayer(inputs: 8, outputs: 383).packed(workers: 2).sharesColumns(rows: 8, size: 2))
    }
}
