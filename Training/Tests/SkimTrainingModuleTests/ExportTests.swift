import Foundation
import QuestionAnsweringModule
import Testing
import TokenizerModule
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// What is trained here is what the inference package computes.
@Suite(.serialized)
struct ExportTests {
    private static let context = """
        the quick brown fox jumps over the lazy dog, and 12 boxes of jugs pack five dozen more. pick any.
        """
    private static let questions = ["who jumps?", "how many boxes of jugs", "why"]

    private struct Settings: CustomTestStringConvertible {
        var region: String
        var layout: String
        var block: Int
        var states = 0
        var family = FormulaFamily.bert
        var classifier = "module"
        var testDescription: String {
            "\(classifier), \(family.name), \(region), \(layout), \(block), \(states)"
        }
    }

    private static let settings = [
        Settings(region: "full", layout: "passage_aligned", block: 8),
        Settings(region: "full", layout: "absolute", block: 4),
        Settings(region: "diagonal", layout: "passage_aligned", block: 12),
        Settings(region: "diagonal", layout: "absolute", block: 2),
        Settings(region: "full", layout: "passage_aligned", block: 1),
        Settings(region: "full", layout: "passage_aligned", block: 8, states: 6),
        Settings(region: "diagonal", layout: "absolute", block: 4, states: 9),
        Settings(region: "full", layout: "passage_aligned", block: 8, family: .roberta),
        Settings(region: "diagonal", layout: "passage_aligned", block: 4, states: 6, family: .albert),
        Settings(region: "full", layout: "absolute", block: 4, states: 6, family: .distilbert),
        Settings(region: "full", layout: "passage_aligned", block: 8, states: 6, family: .mpnet),
        Settings(region: "full", layout: "passage_aligned", block: 8, family: .deberta),
        Settings(region: "full", layout: "passage_aligned", block: 8, classifier: "hand-crafted"),
        Settings(region: "full", layout: "absolute", block: 5, classifier: "hand-crafted"),
        Settings(
            region: "diagonal",
            layout: "passage_aligned",
            block: 4,
            states: 6,
            family: .roberta,
            classifier: "hand-crafted"
        ),
    ]

    /// A tiny checkpoint to train with these settings, and how.
    private func start(
        _ settings: Settings
    ) throws -> (checkpoint: FormulaCheckpoint, configuration: TrainingConfiguration) {
        let golden = TrainingGolden.Case(
            classifier: settings.classifier,
            region: settings.region,
            layout: settings.layout,
            block: settings.block,
            reduction: "mean",
            alpha: 1,
            beta: 4,
            states: settings.states
        )
        let checkpoint = try TinyTokenizer.checkpoint(
            settings.family,
            linearInputs: golden.linearInputs,
            stateChannels: settings.states
        )
        return (checkpoint, try TrainingGolden.configuration(golden, model: checkpoint.path))
    }

    @Test(arguments: settings)
    private func forwardEqualsInference(settings: Settings) throws {
        let (checkpoint, configuration) = try start(settings)
        let model = try SkimmingModel(configuration)
        let directory = checkpoint.path + "/exported"
        try ModelExport().write(model, to: directory)

        // All layers with a threshold that nothing exceeds: dense, and every classifier speaks.
        let answerer = try QuestionAnswerer(model: directory)
        let keeping = Skimming.adjusted(skimLayers: [1, 2, 3], skipThresholds: [1])
        let windowSettings = WindowSettings(maximumLength: 48, advance: .overlap(4))
        let labeller = try WindowLabeller(
            tokenizer: answerer.model.tokenizer,
            encoder: answerer.model.encoder,
            settings: windowSettings
        )
        let document = try labeller.document(Self.context)
        var windows = PreparedWindows()
        var expected: [(start: [Float], end: [Float], relevance: [[Float]])] = []
        for question in Self.questions {
            for window in try labeller.windows(question: question, answers: [16..<19], document: document) {
                windows.append(window)
            }
            let answered = try answerer.answers(
                [.init(question: question, document: document)],
                settings: .init(windows: windowSettings, skimming: keeping)
            )[0].get()
            for result in answered.windows {
                expected.append(
                    (
                        result.startLogits, result.endLogits,
                        result.trace.layers.map { $0.blocks.map(\.relevance) }
                    )
                )
            }
        }
        #expect(windows.count == expected.count && windows.count > Self.questions.count)

        let all = (0..<windows.count).map { windows[$0] }
        let batch = try WindowBatch(
            all,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let output = try model(batch, training: false)
        let (starts, ends) = (try output.startLogits.floats(), try output.endLogits.floats())
        let valid = try batch.valid.floats()
        for window in 0..<windows.count {
            let rows = (window * batch.rows..<(window + 1) * batch.rows).filter { valid[$0] == 1 }
            #expect(difference(rows.map { starts[$0] }, expected[window].start, absolute: 1e-4) == nil)
            #expect(difference(rows.map { ends[$0] }, expected[window].end, absolute: 1e-4) == nil)
        }
        for layer in 1...3 {
            let logits = try #require(output.blockLogits[layer]).floats()
            let relevance = batch.blocks.indices.map { 1 / (1 + exp(logits[2 * $0] - logits[2 * $0 + 1])) }
            let fault = difference(
                relevance,
                expected.flatMap { $0.relevance[layer - 1] },
                absolute: 1e-4
            )
            #expect(fault == nil, "layer \(layer): \(fault ?? "")")
        }
    }

    /// Blocks that go in training are those that go at inference, and what is left is seen by later layers as there.
    @Test(arguments: settings.filter { $0.block > 1 })
    private func skimmingInTrainingEqualsInference(settings: Settings) throws {
        let (checkpoint, started) = try start(settings)
        var configuration = started
        configuration.skimInTraining = 1
        let directory = checkpoint.path + "/exported"
        let windowSettings = WindowSettings(maximumLength: 48, advance: .overlap(4))
        try ModelExport().write(SkimmingModel(configuration), to: directory)
        let answerer = try QuestionAnswerer(model: directory)
        let labeller = try WindowLabeller(
            tokenizer: answerer.model.tokenizer,
            encoder: answerer.model.encoder,
            settings: windowSettings
        )
        let document = try labeller.document(Self.context)
        func answered(_ thresholds: [Double]) throws -> [WindowResult] {
            try Self.questions.flatMap { question in
                try answerer.answers(
                    [.init(question: question, document: document)],
                    settings: .init(
                        windows: windowSettings,
                        skimming: .adjusted(skimLayers: [1, 2, 3], skipThresholds: thresholds)
                    )
                )[0].get().windows
            }
        }
        // Half of the blocks go, of some windows more than of others; layers 2 and 3 keep all that they see.
        let relevances = try answered([1]).flatMap { $0.trace.layers[0].blocks.map(\.relevance) }.sorted()
        configuration.skipThreshold = 1 - Double(relevances[relevances.count / 2]) + 1e-5
        let expected = try answered([configuration.skipThreshold, 1, 1])
        let keptBlocks = expected.map { $0.trace.layers[1].blocks.count }.reduce(0, +)
        #expect(keptBlocks < relevances.count)

        let model = try SkimmingModel(configuration)
        let windows = try Self.questions.flatMap {
            try labeller.windows(question: $0, answers: [16..<19], document: document)
        }
        let batch = try WindowBatch(
            windows,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            on: .cpu
        )
        let output = try model(batch, training: false, skims: true)
        for layer in 1...3 {
            let logits = try #require(output.blockLogits[layer]).floats()
            #expect(output.blocks[layer]?.count == logits.count / 2)
            let fault = difference(
                (0..<logits.count / 2).map { 1 / (1 + exp(logits[2 * $0] - logits[2 * $0 + 1])) },
                expected.flatMap { $0.trace.layers[layer - 1].blocks.map(\.relevance) },
                absolute: 1e-4
            )
            #expect(fault == nil, "layer \(layer): \(fault ?? "")")
        }
        let starts = try output.startLogits.floats()
        for (window, result) in expected.enumerated() {
            let rows = batch.tokenRows[window].map { window * batch.rows + $0 }
            #expect(difference(rows.map { starts[$0] }, result.startLogits, absolute: 1e-4) == nil)
        }
    }
}
