import BlockSkimModule
import EncoderModule
import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// What `Scripts/golden/training_golden.py` wrote.
struct TrainingGolden {
    /// One case of the file.
    struct Case: Decodable {
        var classifier: String
        var region: String
        var layout: String
        var block: Int
        var reduction: String
        var alpha: Double
        var beta: Double
        var states: Int?
        var family: String?

        /// The family, as formula checkpoints are made of it.
        var formulaFamily: FormulaFamily {
            switch family {
            case "roberta": .roberta
            case "albert": .albert
            case "distilbert": .distilbert
            case "mpnet": .mpnet
            case "deberta-v2": .deberta
            case "electra": .electra
            default: .bert
            }
        }

        /// The token type of the context: some families have only one, or none.
        var contextTokenType: Int32 { formulaFamily.tokenTypes.map { $0 < 2 } ?? false ? 0 : 1 }

        /// The inputs of the linear layer of its classifiers, with the 4 heads of formula checkpoints.
        var linearInputs: Int {
            classifier == "hand-crafted"
                ? 24
                : BlockCells(blockSize: block)
                    .featureCount(heads: 4, region: AttentionRegion(rawValue: region) ?? .full)
        }
    }

    let file: SafetensorsFile
    let cases: [String: Case]
    /// Tokens, prefix, first and last answer token.
    let windows: [[Int?]]

    init() throws {
        let path = Bundle.module.path(forResource: "Fixtures/training", ofType: "safetensors") ?? "no fixture"
        file = try SafetensorsFile(path: path)
        let decoder = JSONDecoder()
        cases = try decoder.decode([String: Case].self, from: Data((file.metadata["cases"] ?? "").utf8))
        windows = try decoder.decode([[Int?]].self, from: Data((file.metadata["windows"] ?? "").utf8))
    }

    static let caseNames = [
        "full", "absolute", "diagonal", "diagonal-absolute", "block-1", "block-2", "block-3", "block-32",
        "hand-crafted", "states", "diagonal-states", "roberta", "albert", "distilbert",
        "electra", "mpnet", "deberta-v2",
    ]

    /// The windows of the golden file by index.
    func window(_ index: Int, contextTokenType: Int32 = 1) -> LabelledWindow {
        let entry = windows[index % windows.count]
        let window = GoldenWindow(tokens: entry[0] ?? 0, prefixLength: entry[1] ?? 0)
        let answer: ClosedRange<Int>? =
            if let first = entry[2], let last = entry[3] { first...last } else { nil }
        return LabelledWindow(window, answer: answer, contextTokenType: contextTokenType)
    }

    /// A run on a checkpoint with formula weights, without dropout.
    static func configuration(_ golden: Case, model: String) throws -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.model = model
        configuration.train = ["unused"]
        configuration.classifier = golden.classifier == "module" ? .module : .handCrafted
        configuration.blockSize = golden.block
        configuration.blockLayout = golden.layout
        configuration.attentionRegion = golden.region
        configuration.stateChannels = golden.states ?? 0
        configuration.blockLoss = golden.reduction == "mean" ? .mean : .sum
        configuration.alpha = golden.alpha
        configuration.beta = golden.beta
        configuration.dropout = 0
        configuration.batchSize = 4
        return configuration
    }
}

extension LabelledWindow {
    /// A made-up window with a label.
    init(_ golden: GoldenWindow, answer: ClosedRange<Int>?, contextTokenType: Int32 = 1) {
        self.init(
            window: ContextWindow(
                ids: golden.ids,
                tokenTypes: golden.tokenTypes.map { $0 * contextTokenType },
                prefixLength: golden.prefixLength,
                contextTokens: 0..<golden.ids.count - golden.prefixLength
            ),
            answer: answer
        )
    }
}
