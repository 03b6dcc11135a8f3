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
    ///   - precision: What the weights of the layers are rounded to.
    ///   - threads: How many threads work together.
    /// - Throws: `checkpoint`, `invalidSetting` for a layer that the encoder does not have, and what reading
    ///   `blockskim.json` throws.
    package convenience init(
        _ source: Source,
        skimLayer: Int?,
        settings: Settings,
        precision: Precision = .float32,
        threads: ThreadBudget
    ) throws(BlockSkimError) {
        let seed: UInt64 = 42
        let encoder: Encoder
        var checkpoint: Checkpoint?
        var skimming: SkimConfiguration?
        var region = AttentionRegion.full
        switch source {
        case .architecture(let name, let attentionRegion):
            guard let shape = EncoderConfiguration.architectures.first(where: { $0.key == name })?.value
            else {
                preconditionFailure("the architecture \(name) is not known")
            }
            encoder = Encoder(random: shape, seed: seed, precision: precision, workers: threads.threads)
            region = attentionRegion
        case .checkpoint(let directory):
            do throws(EncoderError) {
                let opened = try Checkpoint(directory: directory)
                checkpoint = opened
                encoder = try Encoder(checkpoint: opened, precision: precision, workers: threads.threads)
            } catch {
                throw .checkpoint(error)
            }
            skimming = try SkimConfiguration(ifPresentIn: directory)
        }
        let layerCount = encoder.configuration.layerCount
        let layer = skimLayer ?? skimming?.skimLayers.first ?? max(1, layerCount / 3)
        var configuration: SkimConfiguration
        if let skimming {
            configuration = skimming
            configuration.skimLayers = [layer]
        } else {
            configuration = try SkimConfiguration(attentionRegion: region, skimLayers: [layer])
        }
        try configuration.check(layerCount: layerCount)
        let weights: BlockSkimWeights
        if let checkpoint, skimming != nil {
            weights = try BlockSkimWeights(
                checkpoint: checkpoint,
                skimLayer: layer,
                configuration: configuration
            )
        } else {
            weights = BlockSkimWeights(
                random: configuration,
                heads: encoder.configuration.heads,
                hidden: encoder.configuration.hidden,
                seed: seed
            )
        }
        self.init(
            SkimmingEncoder(
                encoder: encoder,
                predictors: [layer: SkimPredictor(weights: weights, configuration: configuration)],
                layout: configuration.blockLayout,
                blockSize: configuration.blockSize,
                team: ThreadTeam(threads)
            ),
            skimLayer: layer,
            settings: settings
        )
    }
}
