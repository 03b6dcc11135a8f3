import EncoderModule
import TensorModule

extension SkimBenchmark {
    /// Where the weights come from.
    package enum Source: Sendable {
        /// Random weights of a known architecture; its Block Skim Module looks at such a region.
        case architecture(String, AttentionRegion)
        /// A checkpoint; its Block Skim Module, if it has none, is a random one for the full region.
        case checkpoint(directory: String)
    }

    /// Makes the encoder to measure, with a Block Skim Module after one layer.
    ///
    /// - Parameters:
    ///   - source: Where the weights come from. An architecture must be one of `EncoderConfiguration.architectures`.
    ///   - skimLayer: l, counted from 1; nil for a third of the layers, or the checkpoint's first.
    ///   - settings: What is measured.
    ///   - precision: The number format of weights and products; nil for what a checkpoint's calibration chooses, and f32
    ///     for random weights.
    ///   - threads: How many threads work together.
    /// - Throws: `checkpoint`, `invalidSetting` for a layer that the encoder does not have, and what reading
    ///   `blockskim.json` throws.
    package convenience init(
        _ source: Source,
        skimLayer: Int?,
        settings: Settings,
        precision: Precision?,
        threads: ThreadBudget
    ) throws(BlockSkimError) {
        let seed: UInt64 = 42
        let encoder: Encoder
        let chosen: Precision
        var checkpoint: Checkpoint?
        var skimming: SkimConfiguration?
        var region = AttentionRegion.full
        switch source {
        case .architecture(let name, let attentionRegion):
            guard let shape = EncoderConfiguration.architectures.first(where: { $0.key == name })?.value
            else {
                preconditionFailure("the architecture \(name) is not known")
            }
            chosen = precision ?? .float32
            do throws(EncoderError) {
                encoder = try Encoder(
                    random: shape,
                    seed: seed,
                    precision: chosen,
                    workers: threads.threads
                )
            } catch {
                throw .checkpoint(error)
            }
            region = attentionRegion
        case .checkpoint(let directory):
            skimming = try SkimConfiguration(ifPresentIn: directory)
            let frontier = skimming == nil ? nil : try SkimFrontier(directory: directory)
            chosen = precision ?? .automatic(frontier)
            do throws(EncoderError) {
                let opened = try Checkpoint(directory: directory)
                checkpoint = opened
                encoder = try Encoder(checkpoint: opened, precision: chosen, workers: threads.threads)
            } catch {
                throw .checkpoint(error)
            }
        }
        let layerCount = encoder.configuration.layerCount
        let layer = skimLayer ?? skimming?.skimLayers.first ?? max(1, layerCount / 3)
        var configuration: SkimConfiguration
        if let skimming {
            configuration = skimming
            configuration.policy.thresholds = [layer: 1]
        } else {
            configuration = try SkimConfiguration(attentionRegion: region, skimLayers: [layer])
        }
        try configuration.check(layerCount: layerCount)
        let module: SkimPredictor
        if let checkpoint, skimming != nil {
            module = try SkimPredictor(
                checkpoint: checkpoint,
                skimLayer: layer,
                configuration: configuration
            )
        } else {
            let weights = BlockSkimWeights(
                random: configuration,
                heads: encoder.configuration.heads,
                hidden: encoder.configuration.hidden,
                seed: seed
            )
            module = try SkimPredictor(weights: weights, configuration: configuration)
        }
        self.init(
            SkimmingEncoder(
                encoder: encoder,
                modules: [layer: module],
                layout: configuration.blockLayout,
                blockSize: configuration.blockSize
            ),
            skimLayer: layer,
            settings: settings,
            precision: chosen,
            threads: threads
        )
    }
}
