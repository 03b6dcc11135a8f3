import SafetensorsModule
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// Against PyTorch's own layers, one window at a time and in double precision.
@Suite(.serialized)
struct GoldenTrainingTests {
    private let golden: TrainingGolden

    init() throws { golden = try TrainingGolden() }

    /// Computes a case's batch: losses, and gradients in the model.
    ///
    /// - Parameters:
    ///   - name: the case.
    ///   - family: a family with the same encoder as the case's, instead of that.
    /// - Returns: the model, the losses, and the checkpoint's files.
    /// - Throws: what loading and running throw.
    private func run(
        _ name: String,
        family: FormulaFamily? = nil
    ) throws -> (SkimmingModel, JointLoss.Parts, FormulaCheckpoint) {
        let entry = try #require(golden.cases[name])
        let checkpoint = try FormulaCheckpoint(
            family: family ?? entry.formulaFamily,
            linearInputs: entry.linearInputs,
            stateChannels: entry.states ?? 0
        )
        let model = try SkimmingModel(TrainingGolden.configuration(entry, model: checkpoint.path))
        let windows = golden.windows.indices.map {
            golden.window($0, contextTokenType: entry.contextTokenType)
        }
        let batch = try WindowBatch(
            windows,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let loss = JointLoss(model.configuration)
        let answered = batch.blocks.count { $0.holdsAnswer }
        let parts = try loss(
            model(batch, training: true),
            batch,
            loss.denominators(
                windows: windows.count,
                spanWindows: windows.count,
                blocksWithAnswer: answered,
                blocksWithout: batch.blocks.count - answered
            ),
            on: .cpu
        )
        try parts.total.backward()
        return (model, parts, checkpoint)
    }

    private func check(_ model: SkimmingModel, _ parts: JointLoss.Parts, _ name: String) throws {
        let layers = parts.blocks.keys.sorted()
        let losses =
            try [parts.total.item(), parts.questionAnswering.item()]
            + layers.map { try parts.blocks[$0]?.item() ?? .nan }
        let expected =
            try golden.file.floats(named: "\(name).loss.total")
            + golden.file.floats(named: "\(name).loss.answering")
            + golden.file.floats(named: "\(name).loss.blocks")
        // Largest error seen: see the tolerance of gradients.
        #expect(difference(losses, expected, absolute: 1e-5, relative: 1e-5) == nil)

        var compared = 0
        for tensor in golden.file.tensorNames where tensor.hasPrefix("\(name).gradient.") {
            let weight = String(tensor.dropFirst("\(name).gradient.".count))
            let entry = try #require(model.parameters.entries.first { $0.name == weight })
            let expected = try golden.file.floats(named: tensor)
            let found = try entry.tensor.gradient()?.floats() ?? [Float](repeating: 0, count: expected.count)
            // Gradients go up to 10; float sums over thousands of elements that cancel.
            let fault = difference(found, expected, absolute: 2e-5, relative: 1e-4)
            #expect(fault == nil, "\(name), \(weight): \(fault ?? "")")
            compared += 1
        }
        #expect(compared > 0)
        for tensor in golden.file.tensorNames where tensor.hasPrefix("\(name).running.") {
            let weight = String(tensor.dropFirst("\(name).running.".count))
            let entry = try #require(model.parameters.entries.first { $0.name == weight })
            let fault = difference(try entry.tensor.floats(), try golden.file.floats(named: tensor))
            #expect(fault == nil, "\(name), \(weight): \(fault ?? "")")
        }
    }

    @Test(arguments: TrainingGolden.caseNames)
    func lossesAndGradientsEqualPyTorchs(name: String) throws {
        let (model, parts, checkpoint) = try run(name)
        try check(model, parts, name)
        _ = checkpoint
    }

    /// XLM-RoBERTa and CamemBERT are RoBERTa with other vocabularies, down to the names of their tensors.
    @Test(arguments: [FormulaFamily.xlmRoberta, .camembert])
    func relativesOfRobertaHaveItsGradients(family: FormulaFamily) throws {
        let (model, parts, checkpoint) = try run("roberta", family: family)
        try check(model, parts, "roberta")
        _ = checkpoint
    }

    /// What devices without fused operations compute.
    @Test(arguments: ["full", "diagonal", "mpnet", "deberta-v2"])
    func composedOperationsEqualPyTorchs(name: String) throws {
        try Torch.setComposed(true)
        defer { try? Torch.setComposed(false) }
        let (model, parts, checkpoint) = try run(name)
        try check(model, parts, name)
        _ = checkpoint
    }

    @Test func tenStepsEqualPyTorchs() throws {
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
        configuration.batchSize = 3
        configuration.learningRate = 1e-3
        configuration.warmup = 0.2
        let step = try TrainingStep(SkimmingModel(configuration))
        var losses: [Float] = []
        for index in 0..<10 {
            let windows = (0..<3).map { golden.window(index + $0) }
            losses.append(Float(try step(windows, step: index, of: 10).total))
        }
        let fault = difference(
            losses,
            try golden.file.floats(named: "steps.losses"),
            absolute: 1e-4,
            relative: 1e-4
        )
        #expect(fault == nil, "\(fault ?? "")")
        for tensor in golden.file.tensorNames where tensor.hasPrefix("steps.weight.") {
            let weight = String(tensor.dropFirst("steps.weight.".count))
            // The loss does not depend on them (softmax and batch normalisation take constants away), so their
            // gradients are rounding errors, whose sign AdamW follows.
            let without = [
                "key.bias", "conv1.bias", "conv2.bias", "qa_outputs.bias", "layer.2.output.LayerNorm.bias",
            ]
            if without.contains(where: { weight.hasSuffix($0) }) { continue }
            let entry = try #require(step.model.parameters.entries.first { $0.name == weight })
            // A weight has moved by up to 5e-3.
            let fault = difference(
                try entry.tensor.floats(),
                try golden.file.floats(named: tensor),
                absolute: 5e-5,
                relative: 1e-4
            )
            #expect(fault == nil, "\(weight): \(fault ?? "")")
        }
    }
}
