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
}
