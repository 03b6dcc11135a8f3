import EncoderModule
import TensorModule
import TestSupport
import Testing

/// One at a time: the tests share teams.
@Suite(.serialized) struct EncoderPrecisionTests {
    static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }
    static let windows = [1, 2, 17, 33, 64].map { GoldenWindow(tokens: $0, prefixLength: ($0 + 1) / 2) }

    /// The standard deviation of a product's relative error.
    ///
    /// bf16: weights are off by up to 2⁻⁹ of themselves, evenly, and so are inputs where the processor multiplies bf16. int8: inputs of order 1 that span about 6 by up to half of
    /// 6/255, and even weights, whose largest is √3 of their deviation, by up to half of √3/64 of it.
    private static func noise(of precision: Precision) -> Float {
        let ofEvenError: Float = 1 / Float(3).squareRoot()
        switch precision {
        case .float32: return 0
        case .bfloat16:
            let factors: Float = precision.isNative ? 2 : 1
            return 0x1p-9 * ofEvenError * factors.squareRoot()
        case .int8:
            let input: Float = 3 / 255 * ofEvenError
            let weight: Float = Float(3).squareRoot() / 128 * ofEvenError
            return (input * input + weight * weight).squareRoot()
        }
    }

    /// Normalised states are of order 1, and errors of products add up like a random walk: five deviations of as many steps
    /// as there are products one after another.
    @Test(arguments: [Precision.bfloat16, .int8])
    func statesAreNearThoseOfFloat32(precision: Precision) throws {
        let directory = try FormulaCheckpoint()
        let checkpoint = try Checkpoint(directory: directory.path)
        let team = Self.teams[1]
        let exact = try Encoder(checkpoint: checkpoint).encode(Self.windows, on: team).layers
        let rounded = try Encoder(checkpoint: checkpoint, precision: precision)
            .encode(Self.windows, on: team).layers
        for (layerIndex, (rounded, exact)) in zip(rounded, exact).enumerated() {
            // Of each layer: query and key, value, attention output, and the two of the feed-forward.
            let steps = Float(5 * (layerIndex + 1))
            let bound = 5 * steps.squareRoot() * Self.noise(of: precision)
            let error = largestError(rounded.hidden, exact.hidden)
            #expect(error <= bound, "layer \(layerIndex + 1)")
            #expect(error > bound / 100, "layer \(layerIndex + 1): nothing was rounded")
        }
    }

    @Test(arguments: Precision.allCases)
    func aWindowsStatesDependOnNoOtherWindow(precision: Precision) throws {
        let directory = try FormulaCheckpoint()
        let checkpoint = try Checkpoint(directory: directory.path)
        for team in Self.teams {
            let encoder = try Encoder(checkpoint: checkpoint, precision: precision, workers: team.size)
            let together = try encoder.encode(Self.windows, on: team).layers.map(\.hidden)
            let alone = try Self.windows.map { try encoder.encode([$0], on: team).layers.map(\.hidden) }
            let isSame = together.indices.allSatisfy { layer in
                areBitwiseEqual(alone.flatMap { $0[layer] }, together[layer])
            }
            #expect(isSame, "\(team.size) threads")
            try team.rethrow()
        }
    }

    @Test func fewerBitsTakeLessMemory() throws {
        let directory = try FormulaCheckpoint()
        let checkpoint = try Checkpoint(directory: directory.path)
        let bytes = try Precision.allCases.map { precision in
            try Encoder(checkpoint: checkpoint, precision: precision).layers.reduce(0) { $0 + $1.byteCount }
        }
        #expect(bytes[0] > bytes[1])
    }
}
