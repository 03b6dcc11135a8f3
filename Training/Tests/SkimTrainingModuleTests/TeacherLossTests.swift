import Foundation
import SafetensorsModule
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// Against PyTorch's own divergence, one window at a time and in double precision: what `Scripts/golden/teacher_golden.py` wrote.
@Suite(.serialized)
struct TeacherLossTests {
    /// What a case has beside those of ``TrainingGolden``.
    private struct Case: Decodable {
        var weight: Double
        var temperature: Double
        var teacherLayers: [Int]
    }

    private let golden: TrainingGolden
    private let file: SafetensorsFile
    private let cases: [String: Case]
    private let models: [String: TrainingGolden.Case]

    init() throws {
        golden = try TrainingGolden()
        let path = Bundle.module.path(forResource: "Fixtures/teacher", ofType: "safetensors") ?? "no fixture"
        file = try SafetensorsFile(path: path)
        let text = Data((file.metadata["cases"] ?? "").utf8)
        let decoder = JSONDecoder()
        models = try decoder.decode([String: TrainingGolden.Case].self, from: text)
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        cases = try decoder.decode([String: Case].self, from: text)
    }

    /// What the teacher of a case says of a window; nil when that is nothing.
    private func lesson(_ name: String, window: Int) throws -> Lesson? {
        guard file.info(named: "\(name).start.\(window)") != nil else { return nil }
        func logits(_ part: String) throws -> [Float?] {
            try file.floats(named: "\(name).\(part).\(window)").map { $0.isNaN ? nil : $0 }
        }
        let layers = try #require(cases[name]).teacherLayers
        return Lesson(
            start: try logits("start"),
            end: try logits("end"),
            blocks: Dictionary(
                uniqueKeysWithValues: try layers.map {
                    ($0, try file.floats(named: "\(name).blocks.\(window).\($0)"))
                }
            )
        )
    }

    /// Computes a case with its windows in some parts, one after the other.
    private func run(_ name: String, parts: [[Int]]) throws -> (SkimmingModel, total: Float, teaching: Float)
    {
        let (entry, shape) = (try #require(cases[name]), try #require(models[name]))
        let checkpoint = try FormulaCheckpoint(linearInputs: shape.linearInputs)
        var configuration = try TrainingGolden.configuration(shape, model: checkpoint.path)
        configuration.teacher = "unused"
        configuration.teacherWeight = entry.weight
        configuration.temperature = entry.temperature
        let model = try SkimmingModel(configuration)
        let loss = JointLoss(configuration)
        let batches = try parts.map { part in
            try WindowBatch(
                part.map { golden.window($0) },
                encoder: model.encoder.configuration,
                geometry: model.geometry,
                on: .cpu
            )
        }
        let blocks = batches.flatMap(\.blocks)
        let answered = blocks.count { $0.holdsAnswer }
        var denominators = loss.denominators(
            windows: golden.windows.count,
            spanWindows: golden.windows.count,
            blocksWithAnswer: answered,
            blocksWithout: blocks.count - answered
        )
        let lessons = try parts.map { try $0.map { try lesson(name, window: $0) } }
        for lesson in lessons.joined().compactMap(\.self) {
            denominators.taughtWindows += 1
            denominators.taughtBlocks += lesson.blocks.values.first?.count ?? 0
        }
        var (total, teaching) = (Float(0), Float(0))
        for (batch, lessons) in zip(batches, lessons) {
            let taught = try TeacherBatch(
                lessons,
                batch,
                layers: [1, 2, 3],
                temperature: entry.temperature,
                on: .cpu
            )
            let found = try loss(
                model(batch, training: true),
                batch,
                lessons: taught,
                denominators,
                on: .cpu
            )
            try found.total.backward()
            total += try found.total.item()
            teaching += try #require(found.teaching).item()
        }
        _ = checkpoint
        return (model, total, teaching)
    }

    @Test(arguments: ["whole", "partly", "sharp"])
    func lossAndGradientsEqualPyTorchs(name: String) throws {
        let (model, total, teaching) = try run(name, parts: [[0, 1, 2, 3]])
        let expected =
            try file.floats(named: "\(name).loss.total") + file.floats(named: "\(name).loss.teaching")
        let fault = difference([total, teaching], expected, absolute: 1e-5, relative: 1e-5)
        #expect(fault == nil, "\(fault ?? "")")
        var compared = 0
        for tensor in file.tensorNames where tensor.hasPrefix("\(name).gradient.") {
            let weight = String(tensor.dropFirst("\(name).gradient.".count))
            let entry = try #require(model.parameters.entries.first { $0.name == weight })
            let expected = try file.floats(named: tensor)
            let found = try entry.tensor.gradient()?.floats() ?? [Float](repeating: 0, count: expected.count)
            // Gradients go up to 40; float sums over thousands of elements that cancel.
            let fault = difference(found, expected, absolute: 1e-4, relative: 1e-4)
            #expect(fault == nil, "\(name), \(weight): \(fault ?? "")")
            compared += 1
        }
        #expect(compared > 60)
    }

    /// Without classifiers, whose batch normalisation sees a part at a time.
    @Test func unlabelledTokensGetNoGradientAndPartsAddUp() throws {
        let rows: [[(place: Int, logit: Float)]] = [[(0, 1), (2, 3)], [], [(1, 0)]]
        let target = try TeacherBatch.Target(rows, places: 3, temperature: 2, on: .cpu)
        let labelled = try target.labelled.floats()
        #expect(labelled == [1, 0, 1, 0, 0, 0, 0, 1, 0])
        let probabilities = try target.probabilities.floats()
        // softmax(½, 1½)
        let p = Float(1 / (1 + exp(-1.0)))
        let fault = difference(probabilities, [1 - p, 0, p, 0, 0, 0, 0, 1, 0])
        #expect(fault == nil, "\(fault ?? "")")
        let entropy = Double(p) * log(Double(p)) + Double(1 - p) * log(Double(1 - p))
        #expect(abs(target.negativeEntropy - entropy) < 1e-6)
    }
}
