import EncoderModule
import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// Against PyTorch, one window at a time and in double precision, and against sums written out.
@Suite(.serialized)
struct SharedSpanLossTests {
    private let golden: SharedSpanGolden

    init() throws { golden = try SharedSpanGolden() }

    /// A step of a learning rate of 0: losses, and gradients in the model.
    private func step(_ name: String, accumulation: Int) throws -> (TrainingStep, TrainingStep.Result) {
        let shape = try #require(golden.models[name])
        let checkpoint = try FormulaCheckpoint(linearInputs: shape.linearInputs)
        var configuration = try golden.configuration(name, model: checkpoint.path)
        configuration.accumulation = accumulation
        // The first step of a warm-up has learning rate 0, and nothing is clipped.
        (configuration.warmup, configuration.clip) = (1, 1e9)
        let step = try TrainingStep(SkimmingModel(configuration))
        return (step, try step(golden.questions, step: 0, of: 10))
    }

    @Test(arguments: ["mean", "sum"])
    func lossesAndGradientsEqualPyTorchs(name: String) throws {
        let (step, found) = try step(name, accumulation: 1)
        let expected =
            try golden.file.floats(named: "\(name).loss.total")
            + golden.file.floats(named: "\(name).loss.answering")
        let fault = difference(
            [Float(found.total), Float(found.questionAnswering)],
            expected,
            absolute: 1e-5,
            relative: 1e-5
        )
        #expect(fault == nil, "\(fault ?? "")")
        var compared = 0
        for tensor in golden.file.tensorNames where tensor.hasPrefix("\(name).gradient.") {
            let weight = String(tensor.dropFirst("\(name).gradient.".count))
            let entry = try #require(step.model.parameters.entries.first { $0.name == weight })
            let expected = try golden.file.floats(named: tensor)
            let found = try entry.tensor.gradient()?.floats() ?? [Float](repeating: 0, count: expected.count)
            // As in `TeacherLossTests`.
            let fault = difference(found, expected, absolute: 1e-4, relative: 1e-4)
            #expect(fault == nil, "\(name), \(weight): \(fault ?? "")")
            compared += 1
        }
        #expect(compared > 60)
    }

    /// Batch normalisation sees the windows of a part, so block losses differ; spans do not.
    @Test func partsAddUpToTheWhole() throws {
        let (_, whole) = try step("sum", accumulation: 1)
        let (_, parts) = try step("sum", accumulation: 3)
        #expect(abs(whole.questionAnswering - parts.questionAnswering) < 1e-5 * whole.questionAnswering)
        #expect(whole.tokens == parts.tokens && parts.gradientNorm.isFinite)
    }

    /// Random logits, padding that no softmax sees, and the loss in plain sums.
    @Test(arguments: [0, 0.2], ["full", "diagonal"])
    func lossEqualsSumsWrittenOut(smoothing: Double, region: String) throws {
        let (batch, logits) = try madeUp(region: region)
        let counts = golden.questions.map(\.count)
        let loss = try SharedSpanLoss(questions: counts, batch, on: .cpu)
        let tensor = try Tensor(logits, shape: [batch.batch, batch.rows])
        let start = try loss.startLossSum(tensor, smoothing: smoothing).item()
        let end = try loss.endLossSum(tensor, smoothing: smoothing).item()
        let expected = [\ClosedRange<Int>.lowerBound, \.upperBound].map { edge in
            naiveSum(batch, logits, smoothing: smoothing) { $0[keyPath: edge] }
        }
        #expect(abs(Double(start) - expected[0]) < 1e-5 * expected[0])
        #expect(abs(Double(end) - expected[1]) < 1e-5 * expected[1])
        #expect(abs(expected[0] - expected[1]) > 1e-3)
    }

    /// Each logit by itself; logits are around 3, differences of float losses around 20 allow no finer step.
    @Test(arguments: [0, 0.2])
    func gradientEqualsFiniteDifference(smoothing: Double) throws {
        let (batch, logits) = try madeUp(region: "diagonal")
        let loss = try SharedSpanLoss(questions: golden.questions.map(\.count), batch, on: .cpu)
        let tensor = try Tensor(logits, shape: [batch.batch, batch.rows])
        try tensor.requireGradient()
        try loss.startLossSum(tensor, smoothing: smoothing).backward()
        let gradient = try #require(try tensor.gradient()).floats()
        var largest: Float = 0
        for place in logits.indices {
            func value(_ step: Float) -> Double {
                var moved = logits
                moved[place] += step
                return naiveSum(batch, moved, smoothing: smoothing, edge: \.lowerBound)
            }
            let isPadding = logits[place] < -1e8
            let slope = isPadding ? 0 : (value(1e-2) - value(-1e-2)) / 2e-2
            #expect(abs(Double(gradient[place]) - slope) < 1e-4, "logit \(place)")
            largest = max(largest, abs(gradient[place]))
        }
        #expect(largest > 0.1)
    }

    /// A question of one window that holds its answer has the loss of that window.
    @Test func questionsOfOneWindowHaveTheLossOfWindows() throws {
        let shape = try #require(golden.models["mean"])
        let checkpoint = try FormulaCheckpoint(linearInputs: shape.linearInputs)
        var configuration = try golden.configuration("mean", model: checkpoint.path)
        (configuration.warmup, configuration.labelSmoothing) = (1, 0.1)
        var results: [TrainingStep.Result] = []
        for normalization in SpanNormalization.allCases {
            configuration.spanNormalization = normalization
            let step = try TrainingStep(SkimmingModel(configuration))
            results.append(try step(golden.questions.joined().map { [$0] }, step: 0, of: 10))
        }
        #expect(abs(results[0].questionAnswering - results[1].questionAnswering) < 1e-5)
        #expect(abs(results[0].gradientNorm - results[1].gradientNorm) < 1e-4)
    }

    /// The block loss of windows without an answer is that of irrelevant blocks, and nothing is learnt of spans that are cut.
    @Test func questionsThatTeachNoSpanTeachBlocks() throws {
        let shape = try #require(golden.models["mean"])
        let checkpoint = try FormulaCheckpoint(linearInputs: shape.linearInputs)
        let configuration = try golden.configuration("mean", model: checkpoint.path)
        let step = try TrainingStep(SkimmingModel(configuration))
        let cut = try step([golden.questions[3]], step: 0, of: 10)
        #expect(cut.questionAnswering == 0 && cut.gradientNorm > 0 && cut.gradientNorm.isFinite)
        let without = try step([golden.questions[1]], step: 1, of: 10)
        #expect(without.questionAnswering > 0 && without.gradientNorm.isFinite)
        #expect(without.blocks.values.allSatisfy { $0 > 0 && $0.isFinite } && without.blocks.count == 3)
    }

    private func madeUp(region: String) throws -> (WindowBatch, [Float]) {
        let encoder = EncoderConfiguration(
            layerCount: 1,
            hidden: 4,
            heads: 1,
            intermediate: 4,
            vocabularySize: 100
        )
        var configuration = TrainingConfiguration()
        (configuration.blockSize, configuration.attentionRegion) = (8, region)
        let batch = try WindowBatch(
            Array(golden.questions.joined()),
            encoder: encoder,
            geometry: BlockGeometry(configuration.skimConfiguration(layerCount: 1)),
            on: .cpu
        )
        var generator = SeededGenerator(seed: 3, name: region)
        let logits = zip(
            generator.normals(batch.batch * batch.rows, deviation: 3),
            try batch.valid.floats()
        ).map { $1 == 0 ? -1e9 : $0 }
        return (batch, logits)
    }

    private func naiveSum(
        _ batch: WindowBatch,
        _ logits: [Float],
        smoothing: Double,
        edge: (ClosedRange<Int>) -> Int
    ) -> Double {
        var (sum, first) = (0.0, 0)
        for windows in golden.questions {
            let answered = windows.contains { $0.answer != nil }
            var (all, right): ([Double], [Double]) = ([], [])
            for (index, labelled) in windows.enumerated() {
                let row = (first + index) * batch.rows
                let tokens = batch.tokenRows[first + index].map { Double(logits[row + $0]) }
                all += tokens
                if let answer = labelled.answer {
                    right.append(tokens[edge(answer)])
                } else if !answered {
                    right.append(tokens[0])
                }
            }
            first += windows.count
            if !answered, windows.contains(where: \.cutsAnswer) { continue }
            let mass = log(all.reduce(0) { $0 + exp($1) })
            let sharp = mass - log(right.reduce(0) { $0 + exp($1) })
            let even = mass - all.reduce(0, +) / Double(all.count)
            sum += (1 - smoothing) * sharp + smoothing * even
        }
        return sum
    }
}
