import TestSupport
import Testing

@testable import TensorModule

/// One at a time: the tests share teams, and a team works for one caller.
@Suite(.serialized) struct PrecisionTests {
    static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }
    static let hasOneDNNBFloat16 = OneDNN.multipliesBFloat16

    /// The same bits on every processor: the sums are integers, and nothing else is rounded in another order.
    @Test(arguments: PackedLinearTests.shapes, [false, true])
    func integersGiveTheReferencesBitsWhoeverPacksAndRunsThem(
        shape: (rows: Int, inputs: Int, outputs: Int),
        accumulate: Bool
    ) throws {
        let (rows, inputs, outputs) = shape
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let input = FormulaWeights.units("input", count: rows * inputs).map { $0 + 0.1 }
        let residual = accumulate ? FormulaWeights.units("residual", count: rows * outputs) : nil
        let expected = Reference.integerLinear(
            input,
            weight: layer.weights,
            bias: layer.bias,
            rows: rows,
            residual: residual
        )
        for workers in [1, 2] {
            let linear = try layer.packed(.int8, workers: workers)
            let rectified = try layer.packed(.int8, activation: .relu, workers: workers)
            for team in Self.teams {
                let result = linear.result(of: input, rows: rows, addingTo: residual, on: team)
                let isSame = areBitwiseEqual(result, expected)
                #expect(isSame, "packed for \(workers), run on \(team.size)")
                let positive = rectified.result(of: input, rows: rows, addingTo: residual, on: team)
                let isSameRectified = areBitwiseEqual(positive, Reference.relu(expected))
                #expect(isSameRectified, "rectified, packed for \(workers), run on \(team.size)")
            }
        }
    }

    /// All inputs 127 and all weights 64: four products nearly fill 16 bits but do not exceed them.
    @Test func theLargestIntegersDoNotSaturate() throws {
        let (rows, inputs, outputs) = (5, 3_072, 96)
        let linear = try PackedLinear(
            weights: [Float](repeating: 64, count: inputs * outputs),
            bias: [Float](repeating: 0, count: outputs),
            inputs: inputs,
            precision: .int8
        )
        let input = [Float](repeating: 127, count: rows * inputs)
        let result = linear.result(of: input, rows: rows, on: Self.teams[1])
        #expect(result.allSatisfy { $0 == 127 * 64 * 3_072 })
    }

    /// Each input and each weight is off by at most half a step.
    @Test(arguments: [FusedActivation.geluErf, .geluTanh])
    func integersAreNearTheProductsOfNumbers(activation: FusedActivation) throws {
        let (rows, inputs, outputs) = (7, 129, 65)
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let input = FormulaWeights.units("input", count: rows * inputs)
        let sums = Reference.integerLinear(input, weight: layer.weights, bias: layer.bias, rows: rows)
        let activated = activation == .geluErf ? Reference.geluErf(sums) : Reference.geluTanh(sums)
        let result = try layer.packed(.int8, activation: activation, workers: 1)
            .result(of: input, rows: rows, on: Self.teams[0])
        #expect(difference(result, activated) == nil)
        let exact = Reference.linear(input, weight: layer.weights, bias: layer.bias, rows: rows)
        // Half of 1/127 of the range of inputs, below 1, and of 1/64 of the largest weight.
        let largestWeight = layer.weights.map(abs).max() ?? 0
        let bound = Float(inputs) * (0.5 / 127 * largestWeight + 0.5 * largestWeight / 64 / 2)
        #expect(zip(sums, exact).allSatisfy { abs($0 - $1) <= bound })
        #expect(largestError(sums, exact) > 1e-4, "nothing was rounded")
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity], [Precision.int8, .bfloat16])
    func aRowWithoutANumberSpoilsNoOther(value: Float, precision: Precision) throws {
        let (rows, inputs, outputs) = (3, 40, 33)
        let linear = try FormulaLayer(inputs: inputs, outputs: outputs).packed(precision, workers: 1)
        var input = FormulaWeights.units("input", count: rows * inputs)
        let before = linear.result(of: input, rows: rows, on: Self.teams[0])
        input[inputs + 35] = value
        let after = linear.result(of: input, rows: rows, on: Self.teams[0])
        #expect(after[outputs..<2 * outputs].allSatisfy { !$0.isFinite })
        #expect(after.prefix(outputs) == before.prefix(outputs))
        #expect(after.suffix(outputs) == before.suffix(outputs))
    }

    @Test func rowsOfZerosAndOfNearlyNothingGiveTheBias() throws {
        let layer = FormulaLayer(inputs: 40, outputs: 33)
        let linear = try layer.packed(.int8, workers: 1)
        for value: Float in [0, 1e-35, -1e-35] {
            let input = [Float](repeating: value, count: 40)
            #expect(linear.result(of: input, rows: 1, on: Self.teams[0]) == layer.bias)
        }
    }

    @Test(arguments: PackedLinearTests.shapes)
    func bfloat16EqualsTheReferenceOfRoundedFactors(rows: Int, inputs: Int, outputs: Int) throws {
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let input = FormulaWeights.units("input", count: rows * inputs)
        let expected = Reference.linear(
            // Where no product of bf16 is used, only the weights are rounded: libxsmm's want an even number of inputs.
            Precision.bfloat16.isNative && (Self.hasOneDNNBFloat16 || inputs.isMultiple(of: 2))
                ? Reference.bfloat16(input) : input,
            weight: Reference.bfloat16(layer.weights),
            bias: layer.bias,
            rows: rows
        )
        for workers in [1, 3] {
            let linear = try layer.packed(.bfloat16, workers: workers)
            for team in Self.teams {
                let result = linear.result(of: input, rows: rows, on: team)
                #expect(difference(result, expected) == nil, "packed for \(workers), run on \(team.size)")
            }
        }
    }

    /// What a window gives may not depend on its batch mates, to the last bit.
    @Test(arguments: [(32, 96), (33, 17), (384, 2), (768, 800), (1_600, 50)], Precision.allCases)
    func aRowsResultDoesNotDependOnTheOtherRowsOrOnTheTeam(
        shape: (inputs: Int, outputs: Int),
        precision: Precision
    ) throws {
        let (inputs, outputs) = shape
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let most = 210
        let input = FormulaWeights.units("input", count: most * inputs)
        for workers in [1, 2] {
            let linear = try layer.packed(precision, workers: workers)
            let all = linear.result(of: input, rows: most, on: Self.teams[0])
            for team in Self.teams.prefix(3) {
                for rows in [1, 2, 7, 15, 16, 17, 33, 95, 97, 129, 193] {
                    // The last rows, so that each row meets other neighbours.
                    let last = Array(input.suffix(rows * inputs))
                    let result = linear.result(of: last, rows: rows, on: team)
                    let isSame = areBitwiseEqual(result, Array(all.suffix(rows * outputs)))
                    #expect(isSame, "\(rows) rows, packed for \(workers), on \(team.size)")
                }
            }
        }
    }

    @Test func fewerBitsTakeLessMemory() throws {
        let bytes = try Precision.allCases.map {
            try FormulaLayer(inputs: 480, outputs: 768).packed($0, workers: 1).byteCount
        }
        #expect(bytes[0] == 480 * 768 * 4 + 768 * 4)
        #expect(bytes[1] == 480 * 768 * 2 + 768 * 4)
        // Blocked layouts may be filled up.
        #expect(bytes[2] >= 480 * 768 && bytes[2] < 480 * 768 * 5 / 4)
    }

    @Test(arguments: Precision.allCases) func everyKindOfProductNamesItsLibrary(precision: Precision) throws {
        let choices = ProductChoice.all(precision: precision)
        #expect(choices.map(\.kind) == ProductChoice.Kind.allCases)
        let isConverted = precision == .int8 || precision == .bfloat16 && Self.hasOneDNNBFloat16
        let isOurs = precision == .int8 && ProductChoice.multipliesBytesItself
        #expect(choices[0].library == (isOurs ? "block-skim" : isConverted ? "oneDNN" : "libxsmm"))
        #expect(choices[0].precision == precision)
        #expect(choices[1].precision == (HeadAttention.rounds(in: precision) ? .bfloat16 : .float32))
        #expect(choices[2].precision == .float32)
        #expect(choices.allSatisfy { !$0.instructionSet.isEmpty })
    }
}
