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
        /// The logits of the passage blocks that reached each augmented layer, `[blocks, 2]`, by the layer counted from 1.
        var blockLogits: [Int: Tensor]
        /// Those blocks.
        var blocks: [Int: [WindowBatch.Block]]
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
    ///   - whole: windows.
    ///   - training: whether there is dropout, and batch normalisation uses the batch's statistics.
    ///   - skims: whether blocks are dropped after ``TrainingConfiguration/skimInTraining``; nil for in training only.
    /// - Returns: logits of all rows, and of the blocks that reached each layer.
    /// - Throws: `torch`.
    func callAsFunction(
        _ whole: WindowBatch,
        training: Bool,
        skims: Bool? = nil
    ) throws(TrainingError) -> Output {
        try TrainingError.wrapping {
            var batch = whole
            var (plan, statePlan) = try plans(batch)
            let learns = !configuration.freezeEncoder
            var forwarded: (hidden: Tensor, skimmed: SkimmedBatch)?
            var blockLogits: [Int: Tensor] = [:]
            var blocks: [Int: [WindowBatch.Block]] = [:]
            let embeddingsLearn = learns && configuration.freezeLayers == 0
            var hidden = try recording(embeddingsLearn) {
                try encoder.embed(batch, training: training && learns)
            }
            var relative = try recording(embeddingsLearn) { try encoder.relativePositions(batch) }

            for (layerIndex, layer) in encoder.layers.enumerated() {
                let (next, attention) = try recording(learns && layerIndex >= configuration.freezeLayers) {
                    try layer(
                        hidden,
                        valid: batch.valid,
                        relative: relative,
                        training: training && learns
                    )
                }
                hidden = next
                guard let blockPlan = plan, let classifier = classifiers[layerIndex + 1] else { continue }
                // A classifier's few channels are slower in bfloat16 than in 32 bits on processors.
                let halved = configuration.precision == .bf16 && configuration.device != .cpu
                let logits = try Torch.withBFloat16(halved, on: configuration.device) {
                    let seen = try classifier(attention: attention, plan: blockPlan, training: training)
                        .asFloat32()
                    guard let statePlan, let pool = statePoolings[layerIndex + 1] else { return seen }
                    return try seen.adding(pool(hidden, plan: statePlan).asFloat32())
                }
                blockLogits[layerIndex + 1] = logits
                blocks[layerIndex + 1] = batch.blocks
                if skims ?? training, configuration.skimInTraining == layerIndex + 1 {
                    let skimmed = try SkimmedBatch(
                        batch,
                        keeping: selections(batch, logits: logits.floats()),
                        encoder: encoder.configuration,
                        on: configuration.device
                    )
                    forwarded = (hidden, skimmed)
                    batch = skimmed.batch
                    hidden = try recording(learns) { try skimmed.taken(from: hidden) }
                    relative = try recording(embeddingsLearn) { try encoder.relativePositions(batch) }
                    (plan, statePlan) = try plans(batch)
                }
            }
            if let forwarded {
                hidden = try recording(learns) {
                    try forwarded.skimmed.put(hidden, into: forwarded.hidden)
                }
            }
            let logits = try recording(learns) {
                let seen = training && learns ? try hidden.dropout(encoder.dropout.head) : hidden
                return try spanHead(seen).asFloat32()
            }  // [batch, rows, 2]
            let padding = try Tensor(
                [Float](repeating: -1e9, count: whole.rows),
                shape: [1, whole.rows],
                on: configuration.device
            )
            func column(_ index: Int) throws -> Tensor {
                try logits.narrowed(to: index..<index + 1, along: 2).reshaped([whole.batch, whole.rows])
                    .replaced(by: padding, whereZero: whole.valid)
            }
            return Output(
                startLogits: try column(0),
                endLogits: try column(1),
                blockLogits: blockLogits,
                blocks: blocks
            )
        }
    }

    private func recording<Result>(_ learns: Bool, _ body: () throws -> Result) throws -> Result {
        learns ? try body() : try Torch.withoutRecording(body)
    }

    /// What the classifiers of a batch work with; none where it has no block.
    private func plans(_ batch: WindowBatch) throws(TorchError) -> (BlockClassifierPlan?, StatePoolingPlan?) {
        let plan = try BlockClassifierPlan(
            batch,
            classifier: configuration.classifier,
            heads: encoder.configuration.heads,
            on: configuration.device
        )
        guard plan != nil, !statePoolings.isEmpty else { return (plan, nil) }
        return (plan, try StatePoolingPlan(batch, on: configuration.device))
    }

    /// Which blocks of each window stay, chosen as at inference; at least one.
    private func selections(_ batch: WindowBatch, logits: [Float]) -> [BlockSelection] {
        var first = 0
        return batch.partitions.map { partition in
            let end = first + partition.blockCount
            defer { first = end }
            return BlockSelection(
                logits: Array(logits[2 * first..<2 * end]),
                threshold: configuration.skipThreshold,
                // A window without a block would leave other processes waiting for its batch statistics.
                minimumKeptBlocks: max(1, skimming.policy.minimumKeptBlocks)
            )
        }
    }
}
