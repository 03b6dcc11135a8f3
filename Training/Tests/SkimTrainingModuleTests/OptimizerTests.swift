import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite struct OptimizerTests {
    /// In its first step AdamW moves every weight that has a gradient by the learning rate.
    @Test(arguments: [nil, 4e-3, 2.5e-4])
    func classifiersHaveALearningRateOfTheirOwn(classifierRate: Double?) throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
        configuration.learningRate = 1e-3
        configuration.classifierLearningRate = classifierRate
        (configuration.warmup, configuration.weightDecay) = (0, 0)
        let step = try TrainingStep(SkimmingModel(configuration))
        let entries = step.model.parameters.entries
        let names = ["bert.encoder.layer.1.output.dense.weight", "block_skim.layers.1.linear.weight"]
        let tensors = try names.map { name in try #require(entries.first { $0.name == name }).tensor }
        let before = try tensors.map { try $0.floats() }
        _ = try step([golden.window(0)], step: 0, of: 10)
        let moved = try zip(before, tensors).map { largestError($0, try $1.floats()) }
        #expect(abs(moved[0] - 1e-3) < 2e-5)
        #expect(abs(moved[1] - Float(classifierRate ?? 1e-3)) < 2e-5)
    }

    /// How far AdamW's first step moves weights from below to above, of a model of three layers.
    private func moves(_ change: (inout TrainingConfiguration) -> Void) throws -> [Float] {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
        configuration.learningRate = 1e-3
        (configuration.warmup, configuration.weightDecay) = (0, 0)
        change(&configuration)
        let step = try TrainingStep(SkimmingModel(configuration))
        let entries = step.model.parameters.entries
        let names =
            ["bert.embeddings.LayerNorm.weight"]
            + (0..<3).map { "bert.encoder.layer.\($0).output.dense.weight" }
            + ["qa_outputs.weight", "block_skim.layers.0.linear.weight"]
        let tensors = try names.map { name in try #require(entries.first { $0.name == name }).tensor }
        let before = try tensors.map { try $0.floats() }
        _ = try step([golden.window(0)], step: 0, of: 10)
        return try zip(before, tensors).map { largestError($0, try $1.floats()) / 1e-3 }
    }

    @Test func lowerLayersLearnMoreSlowlyWithLayerDecay() throws {
        let moved = try moves { $0.layerDecay = 0.5 }
        for (found, expected) in zip(moved, [0.0625, 0.125, 0.25, 0.5, 1, 1] as [Float]) {
            #expect(abs(found - expected) < 0.02 * expected, "\(moved)")
        }
    }

    @Test func frozenLayersStandStillAndTheirClassifiersDoNot() throws {
        let moved = try moves { $0.freezeLayers = 2 }
        for (found, expected) in zip(moved, [0, 0, 0, 1, 1, 1] as [Float]) {
            #expect(abs(found - expected) < 0.02, "\(moved)")
        }
    }

    /// The values are those of `transformers.get_scheduler` with 2 steps of warm-up in 10.
    @Test(
        arguments: zip(
            LearningRateSchedule.allCases,
            [
                [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125],
                [0, 0.5, 1, 0.96194, 0.853553, 0.691342, 0.5, 0.308658, 0.146447, 0.03806],
                [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1],
            ]
        )
    )
    func schedulesEqualHuggingFaces(schedule: LearningRateSchedule, expected: [Double]) {
        for (step, value) in expected.enumerated() {
            #expect(abs(schedule.share(ofStep: step, of: 10, warmup: 0.2) - value) < 1e-6)
        }
    }
}
