import Foundation
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite struct JointLossTests {
    /// `(L(w + εd) − L(w − εd)) / 2ε = ∇L · d` for random directions through all weights of a 1-layer model.
    @Test(arguments: ["full", "diagonal"])
    func gradientEqualsFiniteDifference(region: String) throws {
        var sizes = FormulaCheckpoint.Sizes()
        sizes.layers = 1
        let golden = try TrainingGolden()
        var entry = try #require(golden.cases["full"])
        entry.region = region
        let checkpoint = try FormulaCheckpoint(sizes: sizes, linearInputs: entry.linearInputs)
        let model = try SkimmingModel(TrainingGolden.configuration(entry, model: checkpoint.path))
        let windows = golden.windows.indices.map { golden.window($0) }
        let batch = try WindowBatch(
            windows,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let loss = JointLoss(model.configuration)
        let denominators = loss.denominators(
            windows: windows.count,
            spanWindows: windows.count,
            blocksWithAnswer: 4,
            blocksWithout: 9
        )
        func total() throws -> Tensor {
            try loss(model(batch, training: true), batch, denominators, on: .cpu).total
        }
        try total().backward()

        let weights = model.parameters.entries.filter { $0.role != .statistic }
        for seed in 0..<4 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed, name: region)
            let start = try weights.map { try $0.tensor.floats() }
            let directions = start.map { generator.uniforms($0.count, bound: 1) }
            var slope = 0.0
            for (weight, direction) in zip(weights, directions) {
                let gradient = try weight.tensor.gradient()?.floats() ?? []
                slope += zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            func loss(at step: Float) throws -> Double {
                for (weight, (values, direction)) in zip(weights, zip(start, directions)) {
                    let moved = zip(values, direction).map { $0 + step * $1 }
                    try weight.tensor.assign(Tensor(moved, shape: weight.tensor.shape))
                }
                return Double(try total().item())
            }
            // Twice as fine a difference halves what the curvature and the corners of ReLU leave; float losses
            // around 10 allow no less.
            let step: Float = 5e-4
            let difference = try (loss(at: step) - loss(at: -step)) / Double(2 * step)
            _ = try loss(at: 0)
            // Largest relative error seen: see the report of a failure.
            #expect(
                abs(difference - slope) <= 0.02 * abs(slope) + 0.02,
                "\(difference), gradient says \(slope)"
            )
        }
    }

    @Test func reductionsAreThoseOfTheConfiguration() throws {
        var configuration = TrainingConfiguration()
        configuration.beta = 3
        let loss = JointLoss(configuration)
        let denominators = loss.denominators(
            windows: 2,
            spanWindows: 1,
            blocksWithAnswer: 2,
            blocksWithout: 5
        )
        #expect(denominators == JointLoss.Denominators(windows: 2, spanWindows: 1, blockWeight: 11))
    }

    /// `−(1 − ε) log p[target] − ε mean log p` over the tokens of each window, padding not among them.
    @Test func labelSmoothingSpreadsATargetOverTheTokensOfItsWindow() throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        let model = try SkimmingModel(TrainingGolden.configuration(entry, model: checkpoint.path))
        let windows = golden.windows.indices.map { golden.window($0) }
        let batch = try WindowBatch(
            windows,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let output = try model(batch, training: false)
        func loss(_ smoothing: Double) throws -> Float {
            var loss = JointLoss(model.configuration)
            loss.smoothing = smoothing
            let denominators = loss.denominators(
                windows: windows.count,
                spanWindows: windows.count,
                blocksWithAnswer: 4,
                blocksWithout: 9
            )
            return try loss(output, batch, denominators, on: .cpu).questionAnswering.item()
        }
        // Of the logits of tokens alone.
        let valid = try batch.valid.floats()
        var even = 0.0
        for logits in [try output.startLogits.floats(), try output.endLogits.floats()] {
            for window in 0..<windows.count {
                let rows = (window * batch.rows..<(window + 1) * batch.rows).filter { valid[$0] == 1 }
                let largest = rows.map { Double(logits[$0]) }.max() ?? 0
                let sum = rows.reduce(0.0) { $0 + exp(Double(logits[$1]) - largest) }
                let logarithms = rows.map { Double(logits[$0]) - largest - log(sum) }
                even -= logarithms.reduce(0, +) / Double(rows.count)
            }
        }
        even *= 0.5 / Double(windows.count)
        let expected = 0.9 * Double(try loss(0)) + 0.1 * even
        #expect(abs(Double(try loss(0.1)) - expected) < 1e-5 * expected)
        #expect(abs(Double(try loss(0)) - even) > 1e-3)
    }
}
