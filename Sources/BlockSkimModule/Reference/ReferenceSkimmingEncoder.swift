import EncoderModule

/// The paper's inference algorithm (Section 4.3) in plain Swift: the executable specification.
///
/// For each layer: attend; if it is a skim layer, predict and drop; continue with what is kept.
package struct ReferenceSkimmingEncoder: Sendable {
    private let encoder: ReferenceEncoder
    private let configuration: SkimConfiguration
    /// One module for each of `configuration.skimLayers`.
    private let modules: [Int: ReferenceBlockSkimModule]

    /// An encoder with a module for each skim layer.
    package init(
        encoder: ReferenceEncoder,
        configuration: SkimConfiguration,
        modules: [Int: ReferenceBlockSkimModule]
    ) {
        precondition(
            Set(modules.keys) == Set(configuration.skimLayers),
            "modules for the layers \(modules.keys.sorted()), configured \(configuration.skimLayers.sorted())"
        )
        self.encoder = encoder
        self.configuration = configuration
        self.modules = modules
    }

    /// Loads the encoder and the modules of the skim layers.
    ///
    /// - Throws: `invalidSetting` when the encoder has too few layers, `checkpoint`.
    package init(checkpoint: Checkpoint, configuration: SkimConfiguration) throws(BlockSkimError) {
        try configuration.check(layerCount: checkpoint.configuration.layerCount)
        var modules: [Int: ReferenceBlockSkimModule] = [:]
        for skimLayer in configuration.skimLayers {
            let weights = try BlockSkimWeights(
                checkpoint: checkpoint,
                skimLayer: skimLayer,
                configuration: configuration
            )
            modules[skimLayer] = ReferenceBlockSkimModule(
                weights: weights,
                region: configuration.attentionRegion
            )
        }
        do {
            self.init(
                encoder: try ReferenceEncoder(checkpoint: checkpoint),
                configuration: configuration,
                modules: modules
            )
        } catch {
            throw .checkpoint(error)
        }
    }

    /// Encodes one window.
    ///
    /// - Parameters:
    ///   - ids: the token ids, special tokens included.
    ///   - tokenTypes: the token type of each.
    ///   - prefixLength: the tokens of `[CLS] question [SEP]`.
    /// - Returns: the hidden states of all tokens, `[tokens, hidden]`, those of dropped ones as the skim layer
    ///   left them, whatever `skippedPositions` says; and what was kept.
    /// - Throws: the errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func callAsFunction(
        ids: [Int32],
        tokenTypes: [Int32],
        prefixLength: Int
    ) throws(EncoderError) -> (hidden: [Float], trace: SkimTrace) {
        let width = encoder.configuration.hidden
        var progress = SkimProgress(
            partition: BlockPartition(
                tokens: ids.count,
                prefixLength: prefixLength,
                layout: configuration.blockLayout,
                blockSize: configuration.blockSize
            )
        )
        var hidden = try encoder.embed(ids: ids, tokenTypes: tokenTypes)
        var result = hidden

        for layer in 1...encoder.configuration.layerCount {
            let output = encoder.layer(layer - 1, hidden: hidden, positions: progress.positions)
            hidden = output.hidden
            scatter(hidden, to: progress.positions, of: &result, width: width)
            guard let module = modules[layer] else { continue }

            let logits = module(
                attention: output.attention,
                hidden: hidden,
                partition: progress.partition
            )
            let selection = BlockSelection(
                logits: logits,
                threshold: configuration.policy.thresholds[layer] ?? 1,
                minimumKeptBlocks: configuration.policy.minimumKeptBlocks
            )
            let keptRows = progress.drop(by: selection, afterLayer: layer)
            if selection.stopsNetwork { break }
            hidden = keptRows.flatMap { hidden[$0 * width..<($0 + 1) * width] }
        }
        return (result, progress.trace)
    }

    /// Puts the rows of the tokens that are still in the network where the tokens are in the window.
    private func scatter(_ rows: [Float], to positions: [Int], of window: inout [Float], width: Int) {
        for (row, position) in positions.enumerated() {
            window.replaceSubrange(
                position * width..<(position + 1) * width,
                with: rows[row * width..<(row + 1) * width]
            )
        }
    }
}
