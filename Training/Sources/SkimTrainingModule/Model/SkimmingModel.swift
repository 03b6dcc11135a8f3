import BlockSkimModule
import EncoderModule
import Foundation
import TorchModule

/// Encoder, block classifiers and span head: what is trained.
final class SkimmingModel {
    let configuration: TrainingConfiguration
    let encoder: TrainableEncoder
    let parameters: ModelParameters
    /// How the exported model skims.
    let skimming: SkimConfiguration
    /// One classifier for each augmented layer, counted from 1.
    private let classifiers: [Int: any BlockClassifierLayer]
    /// What hidden states add to the logits of each of them; none for the paper's classifiers.
    private let statePoolings: [Int: TrainableStatePooling]
    private let spanHead: LinearLayer
    let geometry: BlockGeometry
    /// The classifiers of the checkpoint.
    private let stored: StoredClassifiers

    /// What the model says of a batch.
    struct Output {
        /// `[batch, rows]`; padding has a logit that no softmax sees.
        var startLogits: Tensor
        /// `[batch, rows]`.
        var endLogits: Tensor
        /// The logits of all passage blocks, `[blocks, 2]`, for each augmented layer, counted from 1.
        var blockLogits: [Int: Tensor]
    }

    /// Loads a checkpoint; what it lacks of head and classifiers begins at random.
    ///
    /// - Throws: `encoder`, `safetensors`, `invalidSetting`, `blockSkim`, `torch`.
    init(_ configuration: TrainingConfiguration) throws(TrainingError) {
        self.configuration = configuration
        let shape = try TrainingError.wrapping { try EncoderConfiguration(directory: configuration.model) }
        try configuration.check(layerCount: shape.layerCount)
        skimming = try configuration.skimConfiguration(layerCount: shape.layerCount)
        geometry = BlockGeometry(skimming)
        parameters = try ModelParameters(
            directory: configuration.model,
            familyPrefix: WeightNames(shape.family).prefix,
            seed: configuration.seed,
            device: configuration.device
        )
        stored = try StoredClassifiers(directory: configuration.model)
        var rates = try DropoutRates(directory: configuration.model, family: shape.family)
        if let dropout = configuration.dropout {
            rates = DropoutRates(shape.family, hidden: dropout, attention: dropout, head: dropout)
        }
        encoder = try TrainableEncoder(parameters, configuration: shape, dropout: rates)
        spanHead = try parameters.linear(
            "qa_outputs",
            inputs: shape.hidden,
            outputs: 2,
            beginning: .normal(deviation: 0.02)
        )
        var classifiers: [Int: any BlockClassifierLayer] = [:]
        var statePoolings: [Int: TrainableStatePooling] = [:]
        let isNew = !stored.disagreements(with: skimming).isEmpty
        let (parameters, geometry, channels) = (parameters, geometry, skimming.stateChannels)
        for layer in configuration.classifierLayers(of: shape.layerCount) {
            let name = StoredClassifiers.prefix(ofLayer: layer)
            try parameters.whole(isNew: isNew) { () throws(TrainingError) in
                switch configuration.classifier {
                case .none: break
                case .module:
                    classifiers[layer] = try TrainableBlockSkimModule(
                        parameters,
                        name: name,
                        heads: shape.heads,
                        geometry: geometry
                    )
                case .handCrafted:
                    classifiers[layer] = try HandCraftedClassifier(parameters, name: name, heads: shape.heads)
                }
                if channels > 0 {
                    statePoolings[layer] = try TrainableStatePooling(
                        parameters,
                        name: name,
                        hidden: shape.hidden,
                        channels: channels
                    )
                }
            }
        }
        self.classifiers = classifiers
        self.statePoolings = statePoolings
    }

    /// What begins at random, in a line for the user; nil when the checkpoint gave everything.
    var beginning: String? {
        let new = parameters.entries.filter(\.isNew).map(\.name)
        let layers = classifiers.keys.sorted().filter { layer in
            new.contains { $0.hasPrefix(StoredClassifiers.prefix(ofLayer: layer)) }
        }
        var parts = new.contains { !Self.isClassifierWeight($0) } ? ["the span head"] : []
        if !layers.isEmpty {
            let reason =
                stored.layers.contains(where: layers.contains)
                ? " (\(stored.reason(against: skimming)))" : ""
            parts.append("the block classifiers of the layers \(layers.listText)\(reason)")
        }
        return parts.isEmpty ? nil : "begin at random: \(parts.joined(separator: "; "))"
    }

    /// Whether a weight is one of a block classifier's.
    static func isClassifierWeight(_ name: String) -> Bool { name.hasPrefix("block_skim.") }

    /// For each layer attend, and predict where there is a classifier; no block is dropped, unless asked for.
    ///
    /// - Parameters:
    ///   - batch: windows.
    ///   - training: whether there is dropout, and batch normalisation uses the batch's statistics.
    /// - Returns: logits of all rows and blocks.
    /// - Throws: `torch`.
    func callAsFunction(_ batch: WindowBatch, training: Bool) throws(TrainingError) -> Output {
        try TrainingError.wrapping {
            let plan = try BlockClassifierPlan(
                batch,
                classifier: configuration.classifier,
                heads: encoder.configuration.heads,
                on: configuration.device
            )
            let statePlan =
                plan == nil || statePoolings.isEmpty
                ? nil : try StatePoolingPlan(batch, on: configuration.device)
            let learns = !configuration.freezeEncoder
            var valid = batch.valid
            var forwarded: (hidden: Tensor, kept: Tensor)?
            var blockLogits: [Int: Tensor] = [:]
            let embeddingsLearn = learns && configuration.freezeLayers == 0
            var hidden = try recording(embeddingsLearn) {
                try encoder.embed(batch, training: training && learns)
            }
            let relative = try recording(embeddingsLearn) { try encoder.relativePositions(batch) }

            for (layerIndex, layer) in encoder.layers.enumerated() {
                let (next, attention) = try recording(learns && layerIndex >= configuration.freezeLayers) {
                    try layer(hidden, valid: valid, relative: relative, training: training && learns)
                }
                hidden = next
                guard let plan, let classifier = classifiers[layerIndex + 1] else { continue }
                // A classifier's few channels are slower in bfloat16 than in 32 bits on processors.
                let halved = configuration.precision == .bf16 && configuration.device != .cpu
                let logits = try Torch.withBFloat16(halved, on: configuration.device) {
                    let seen = try classifier(attention: attention, plan: plan, training: training)
                        .asFloat32()
                    guard let statePlan, let pool = statePoolings[layerIndex + 1] else { return seen }
                    return try seen.adding(pool(hidden, plan: statePlan).asFloat32())
                }
                blockLogits[layerIndex + 1] = logits
                if training, configuration.skimInTraining == layerIndex + 1 {
                    let kept = try keptRows(batch, logits: logits.floats())
                    valid = try valid.multiplied(by: kept)
                    forwarded = (hidden, try kept.reshaped([batch.batch, batch.rows, 1]))
                }
            }
            if let forwarded {
                // The hidden states of dropped blocks go straight to the head, as at inference.
                hidden = try hidden.asFloat32().replaced(
                    by: forwarded.hidden.asFloat32(),
                    whereZero: forwarded.kept
                )
            }
            let logits = try recording(learns) {
                let seen = training && learns ? try hidden.dropout(encoder.dropout.head) : hidden
                return try spanHead(seen).asFloat32()
            }  // [batch, rows, 2]
            let padding = try Tensor(
                [Float](repeating: -1e9, count: batch.rows),
                shape: [1, batch.rows],
                on: configuration.device
            )
            func column(_ index: Int) throws -> Tensor {
                try logits.narrowed(to: index..<index + 1, along: 2).reshaped([batch.batch, batch.rows])
                    .replaced(by: padding, whereZero: batch.valid)
            }
            return Output(startLogits: try column(0), endLogits: try column(1), blockLogits: blockLogits)
        }
    }

    private func recording<Result>(_ learns: Bool, _ body: () throws -> Result) throws -> Result {
        learns ? try body() : try Torch.withoutRecording(body)
    }

    /// Which rows stay when the blocks of a batch are chosen as at inference: `[batch, rows]`, 1 for kept ones.
    private func keptRows(_ batch: WindowBatch, logits: [Float]) throws(TorchError) -> Tensor {
        var kept = [Float](repeating: 0, count: batch.batch * batch.rows)
        for (window, rows) in batch.alwaysKept.enumerated() {
            for row in rows { kept[window * batch.rows + row] = 1 }
        }
        var first = 0
        while first < batch.blocks.count {
            let window = batch.blocks[first].window
            let end = batch.blocks[first...].firstIndex { $0.window != window } ?? batch.blocks.count
            let selection = BlockSelection(
                logits: Array(logits[2 * first..<2 * end]),
                threshold: configuration.skipThreshold,
                minimumKeptBlocks: skimming.policy.minimumKeptBlocks
            )
            for (block, isKept) in zip(batch.blocks[first..<end], selection.kept) where isKept {
                for row in block.rows { kept[window * batch.rows + row] = 1 }
            }
            first = end
        }
        return try Tensor(kept, shape: [batch.batch, batch.rows], on: configuration.device)
    }
}
