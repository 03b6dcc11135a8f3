import BlockSkimModule
import EncoderModule
import Foundation
import QuestionAnsweringModule
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

    /// Computes the losses of a case, and gradients in the model.
    private func run(_ name: String) throws -> (SkimmingModel, total: Float, teaching: Float) {
        let (entry, shape) = (try #require(cases[name]), try #require(models[name]))
        let checkpoint = try FormulaCheckpoint(linearInputs: shape.linearInputs)
        var configuration = try TrainingGolden.configuration(shape, model: checkpoint.path)
        configuration.teacher = "unused"
        configuration.teacherWeight = entry.weight
        configuration.temperature = entry.temperature
        let model = try SkimmingModel(configuration)
        let loss = JointLoss(configuration)
        let batch = try WindowBatch(
            golden.windows.indices.map { golden.window($0) },
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let answered = batch.blocks.count { $0.holdsAnswer }
        var denominators = loss.denominators(
            windows: batch.batch,
            spanWindows: batch.batch,
            blocksWithAnswer: answered,
            blocksWithout: batch.blocks.count - answered
        )
        let lessons = try golden.windows.indices.map { try lesson(name, window: $0) }
        for lesson in lessons.compactMap(\.self) {
            denominators.taughtWindows += 1
            denominators.taughtBlocks += lesson.blocks.values.first?.count ?? 0
        }
        let output = try model(batch, training: true)
        let taught = try TeacherBatch(
            lessons,
            batch,
            reached: output.blocks,
            temperature: entry.temperature,
            on: .cpu
        )
        let found = try loss(output, batch, lessons: taught, denominators, on: .cpu)
        try found.total.backward()
        _ = checkpoint
        return (model, try found.total.item(), try #require(found.teaching).item())
    }

    @Test(arguments: ["whole", "partly", "sharp"])
    func lossAndGradientsEqualPyTorchs(name: String) throws {
        let (model, total, teaching) = try run(name)
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

    @Test func distributionsAreOverWhatIsLabelled() throws {
        let rows: [[(place: Int, logit: Float)]] = [[(0, 1), (2, 3)], [], [(1, 0)]]
        let target = try TeacherBatch.Target(rows, places: 3, temperature: 2, on: .cpu)
        let labelled = try target.labelled.floats()
        #expect(labelled == [1, 0, 1, 0, 0, 0, 0, 1, 0])
        let probabilities = try target.probabilities.floats()
        // softmax(½, 1½)
        let p = Float(1 / (1 + exp(-1.0)))
        let fault = difference(probabilities, [1 - p, 0, p, 0, 0, 0, 0, 1, 0])
        #expect(fault == nil, "\(fault ?? "")")
        let logarithms = difference(
            try target.logProbabilities.floats(),
            [log(1 - p), 0, log(p), 0, 0, 0, 0, 0, 0],
            absolute: 1e-6
        )
        #expect(logarithms == nil, "\(logarithms ?? "")")
    }

    /// The blocks of the tokens 9-16, 17-24, 25-29, of which skimming in training drops the second.
    @Test func blocksThatWereDroppedTakeNoOthersPlace() throws {
        let encoder = EncoderConfiguration(
            layerCount: 2,
            hidden: 4,
            heads: 1,
            intermediate: 4,
            vocabularySize: 100
        )
        let window = LabelledWindow(GoldenWindow(tokens: 30, prefixLength: 9), answer: nil)
        for region in AttentionRegion.allCases {
            let settings = try SkimConfiguration(blockSize: 8, attentionRegion: region, skimLayers: [1])
            let whole = try WindowBatch(
                [window],
                encoder: encoder,
                geometry: BlockGeometry(settings),
                on: .cpu
            )
            let selection = BlockSelection(logits: [0, 1, 9, 0, 0, 1], threshold: 0.9, minimumKeptBlocks: 1)
            #expect(selection.kept == [true, false, true])
            let left = try SkimmedBatch(whole, keeping: [selection], encoder: encoder, on: .cpu).batch.blocks
            let tokens = [Float?](repeating: 0, count: 30)
            let lesson = Lesson(start: tokens, end: tokens, blocks: [1: [1, 2, 3]])
            let taught = try TeacherBatch(
                [lesson],
                whole,
                reached: [1: whole.blocks, 2: left],
                temperature: 1,
                on: .cpu
            )
            func relevance(_ layer: Int) throws -> [Float] {
                let rows = try #require(taught.blocks[layer]).probabilities.floats()
                return stride(from: 1, to: rows.count, by: 2).map { log(rows[$0] / (1 - rows[$0])) }
            }
            let (all, kept) = (try relevance(1), try relevance(2))
            #expect(difference(all, [1, 2, 3], absolute: 1e-4) == nil, "\(all)")
            #expect(difference(kept, [1, 3], absolute: 1e-4) == nil, "\(kept)")
        }
    }
}
