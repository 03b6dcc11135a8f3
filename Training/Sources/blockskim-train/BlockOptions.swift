import ArgumentParser
import SkimTrainingModule

extension TrainingConfiguration.BlockClassifier: ExpressibleByArgument {}

/// What the block classifiers are.
struct BlockOptions: ParsableArguments {
    @Option(
        help: """
            What predicts whether a block holds the answer: the Block Skim Module (module), a linear layer on \
            the features of Eq. 2 (hand-crafted), or nothing (default: as in the model's blockskim.json, or module).
            """
    )
    var classifier: TrainingConfiguration.BlockClassifier?

    @Option(
        help:
            "The number of tokens in a block, from 1 to 128 (default: as in the model's blockskim.json, or 32)."
    )
    var blockSize: Int?

    @Option(
        help: """
            Where blocks start: at the first token of the passage (passage_aligned) or of the window (absolute) \
            (default: as in the model's blockskim.json, or passage_aligned).
            """
    )
    var blockLayout: String?

    @Option(
        help: """
            The part of the attention that the module sees: the whole matrix (full), or only each block's attention to \
            itself (diagonal) (default: as in the model's blockskim.json, or full).
            """
    )
    var attentionRegion: String?

    @Option(
        help: """
            How many channels of the hidden states the module sees besides attention. The paper uses none (default: as \
            in the model's blockskim.json, or 0).
            """
    )
    var stateChannels: Int?

    @Option(
        parsing: .upToNextOption,
        help: """
            The layers that get a classifier, counted from 1 (default: those that have one, if the model has a \
            blockskim.json, or all).
            """
    )
    var augmentLayers: [Int] = []

    @Option(
        help:
            "Also drop blocks during training, after this layer, which must have a classifier. Later classifiers learn from what is left (default: drop none)."
    )
    var skimInTraining: Int?

    @Option(
        help: """
            Drop a block when its probability of being irrelevant is above this. Higher is safer and slower (default: as \
            in the model's blockskim.json, or 0.9).
            """
    )
    var skipThreshold: Double?

    @Option(
        parsing: .upToNextOption,
        help: """
            The layers after which the exported model drops blocks, counted from 1 (default: as in the model's \
            blockskim.json, or of the layers with a classifier, the one nearest to a third of the depth).
            """
    )
    var skimLayer: [Int] = []

    @Option(
        help: """
            What becomes of the tokens of dropped blocks in the exported model: they cannot be part of an answer (excluded), \
            or the span head sees their states of the skim layer, as in the paper (forwarded) (default: as in the model's \
            blockskim.json, or excluded, and forwarded with --skim-in-training, where the head learns from such states).
            """
    )
    var skippedPositions: String?

    /// Puts the settings into a configuration, whose model is known.
    ///
    /// - Parameter configuration: what is changed.
    /// - Returns: what comes from the checkpoint, in a line for the user.
    /// - Throws: `encoder`, `blockSkim`.
    func apply(to configuration: inout TrainingConfiguration) throws -> String? {
        var settings = BlockSettings()
        settings.classifier = classifier
        settings.blockSize = blockSize
        settings.blockLayout = blockLayout
        settings.attentionRegion = attentionRegion
        settings.stateChannels = stateChannels
        settings.augmentLayers = augmentLayers
        settings.skimInTraining = skimInTraining
        settings.skipThreshold = skipThreshold
        settings.skimLayers = skimLayer
        settings.skippedPositions = skippedPositions
        return try settings.apply(to: &configuration)
    }
}
