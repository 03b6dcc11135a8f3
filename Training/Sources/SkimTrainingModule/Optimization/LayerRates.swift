import EncoderModule
import Foundation

/// How much each weight learns by the depth at which it stands.
///
/// The head and the block classifiers learn at the full rate, layer l of L (counted from 1) at `decay^(L + 1 − l)` of it
/// and the embeddings at `decay^(L + 1)`, as ELECTRA is fine-tuned. The embeddings and the first layers can stand still.
struct LayerRates {
    private let decay: Double
    private let frozenLayers: Int
    private let layerCount: Int
    private let prefix: String
    private let layers: String

    init(_ configuration: TrainingConfiguration, _ encoder: EncoderConfiguration) {
        let names = WeightNames(encoder.family)
        decay = configuration.layerDecay
        frozenLayers = configuration.freezeEncoder ? encoder.layerCount : configuration.freezeLayers
        layerCount = encoder.layerCount
        prefix = names.prefix
        layers = names.prefix + names.layers
    }

    /// What the learning rate of a weight is multiplied with; nil for one that does not learn.
    func factor(of name: String) -> Double? {
        guard name.hasPrefix(prefix) else { return 1 }
        // The embeddings, and what all layers know of relative positions, come before the first layer.
        let layer =
            name.hasPrefix(layers)
            ? name.dropFirst(layers.count).split(separator: ".").first.flatMap { Int($0) }.map { $0 + 1 } ?? 0
            : 0
        guard layer > frozenLayers || frozenLayers == 0 else { return nil }
        return pow(decay, Double(layerCount + 1 - layer))
    }
}
