import BlockSkimModule

/// What is asked for of blocks and their classifiers, each setting only if somebody asked for it.
///
/// What nobody asked for is as in the checkpoint's `blockskim.json`, so that what makes a model skim is learnt on; without that
/// file it is the paper's.
public struct BlockSettings: Sendable, Equatable {
    /// See ``TrainingConfiguration/classifier``.
    public var classifier: TrainingConfiguration.BlockClassifier?
    /// See ``TrainingConfiguration/blockSize``.
    public var blockSize: Int?
    /// See ``TrainingConfiguration/blockLayout``.
    public var blockLayout: String?
    /// See ``TrainingConfiguration/attentionRegion``.
    public var attentionRegion: String?
    /// See ``TrainingConfiguration/stateChannels``.
    public var stateChannels: Int?
    /// See ``TrainingConfiguration/augmentLayers``; empty when nobody asked.
    public var augmentLayers: [Int] = []
    /// See ``TrainingConfiguration/skimInTraining``.
    public var skimInTraining: Int?
    /// See ``TrainingConfiguration/skipThreshold``.
    public var skipThreshold: Double?
    /// See ``TrainingConfiguration/skimLayers``; empty when nobody asked.
    public var skimLayers: [Int] = []
    /// See ``TrainingConfiguration/skippedPositions``.
    public var skippedPositions: String?

    /// Nothing is asked for.
    public init() {}

    /// Puts the settings into a configuration, whose model is known.
    ///
    /// - Parameter configuration: what is changed.
    /// - Returns: a line that says what comes from the checkpoint; nil when it has no `blockskim.json`.
    /// - Throws: `encoder`, `blockSkim`.
    public func apply(to configuration: inout TrainingConfiguration) throws(TrainingError) -> String? {
        let stored = try StoredClassifiers(directory: configuration.model)
        // Then the head learns what to make of states that went through no upper layer.
        if skimInTraining != nil { configuration.skippedPositions = SkippedPositions.forwarded.rawValue }
        if let skimming = stored.skimming { adopt(skimming, layers: stored.layers, in: &configuration) }
        configuration.classifier = classifier ?? configuration.classifier
        configuration.blockSize = blockSize ?? configuration.blockSize
        configuration.blockLayout = blockLayout ?? configuration.blockLayout
        configuration.attentionRegion = attentionRegion ?? configuration.attentionRegion
        configuration.stateChannels = stateChannels ?? configuration.stateChannels
        configuration.skipThreshold = skipThreshold ?? configuration.skipThreshold
        configuration.skippedPositions = skippedPositions ?? configuration.skippedPositions
        configuration.skimInTraining = skimInTraining
        if !augmentLayers.isEmpty { configuration.augmentLayers = augmentLayers }
        if !skimLayers.isEmpty { configuration.skimLayers = skimLayers }
        guard let skimming = stored.skimming, configuration.classifier != .none else { return nil }
        return Self.text(configuration, from: skimming)
    }

    /// Takes what the checkpoint says.
    private func adopt(
        _ skimming: SkimConfiguration,
        layers: [Int],
        in configuration: inout TrainingConfiguration
    ) {
        configuration.classifier = skimming.classifier == .module ? .module : .handCrafted
        configuration.blockSize = skimming.blockSize
        configuration.blockLayout = skimming.blockLayout.rawValue
        configuration.attentionRegion = skimming.attentionRegion.rawValue
        configuration.stateChannels = skimming.stateChannels
        configuration.augmentLayers = layers
        configuration.skippedPositions = skimming.policy.skippedPositions.rawValue
        configuration.minimumKeptBlocks = skimming.policy.minimumKeptBlocks
        // Layers with thresholds of their own all get the safest of them.
        configuration.skipThreshold = skimming.policy.thresholds.values.max() ?? configuration.skipThreshold
        // Without the classifier that it goes by, a layer cannot skim.
        configuration.skimLayers = skimming.skimLayers.filter {
            augmentLayers.isEmpty || augmentLayers.contains($0)
        }
    }

    private static func text(_ configuration: TrainingConfiguration, from skimming: SkimConfiguration)
        -> String
    {
        let skims =
            configuration.skimLayers.isEmpty
            ? "" : ", skimming after \(configuration.skimLayers.layerText) at \(configuration.skipThreshold)"
        let thresholds = Set(skimming.policy.thresholds.values)
        return "blocks as \(configuration.model)/\(SkimConfiguration.fileName) says unless flags differ:"
            + " \(configuration.blockSize) tokens, \(configuration.blockLayout),"
            + " \(configuration.attentionRegion) attention, \(configuration.stateChannels) state channels,"
            + " classifiers at the layers \(configuration.augmentLayers.listText)\(skims)"
            + (thresholds.count > 1 ? ", the highest of its thresholds" : "")
    }
}
