import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct PrecisionTests {
    /// Products in bfloat16 have 8 bits: the losses of two steps stay within a few hundredths.
    @Test(arguments: ["full", "diagonal", "hand-crafted"])
    func bfloat16StaysNearFloat32(name: String) throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases[name])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        func losses(_ precision: TrainingConfiguration.Precision) throws -> [TrainingStep.Result] {
            var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
            configuration.precision = precision
            configuration.learningRate = 1e-4
            configuration.warmup = 0
            let step = try TrainingStep(SkimmingModel(configuration))
            return try (0..<2).map {
                try step(golden.windows.indices.map { golden.window($0) }, step: $0, of: 4)
            }
        }
        for (half, full) in zip(try losses(.bf16), try losses(.f32)) {
            #expect(half.total != full.total)
            #expect(abs(half.questionAnswering - full.questionAnswering) < 0.05 * full.questionAnswering)
            #expect(abs(half.total - full.total) < 0.1 * full.total)
        }
    }

    /// Parts of a step add up to the whole, but for the statistics of batch normalisation, which are a part's own.
    @Test func accumulationAddsUpToTheWholeStep() throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["hand-crafted"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        func result(_ parts: Int) throws -> TrainingStep.Result {
            var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
            configuration.accumulation = parts
            let step = try TrainingStep(SkimmingModel(configuration))
            return try step(golden.windows.indices.map { golden.window($0) }, step: 0, of: 4)
        }
        let (whole, parts) = (try result(1), try result(4))
        #expect(abs(whole.total - parts.total) < 1e-4)
        #expect(abs(whole.gradientNorm - parts.gradientNorm) < 1e-3 * whole.gradientNorm)
    }

    /// The baseline and the two-step training of Table 2 change what they say and nothing else.
    @Test func frozenEncoderKeepsItsWeightsAndItsClassifiersLearn() throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
        configuration.freezeEncoder = true
        configuration.warmup = 0
        configuration.learningRate = 1e-3
        let model = try SkimmingModel(configuration)
        let before = try model.parameters.entries.map { try $0.tensor.floats() }
        let step = try TrainingStep(model)
        let result = try step(
            golden.windows.indices.map { golden.window($0) },
            step: 0,
            of: 4
        )
        // Only the block loss counts.
        let blocks = result.blocks.values.reduce(0, +)
        #expect(abs(result.total - configuration.alpha * blocks) < 1e-5)
        for (entry, old) in zip(model.parameters.entries, before) {
            let moved = try entry.tensor.floats() != old
            #expect(moved == SkimmingModel.isClassifierWeight(entry.name), "\(entry.name)")
        }
    }
}
