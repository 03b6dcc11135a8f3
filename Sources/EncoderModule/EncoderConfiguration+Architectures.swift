extension EncoderConfiguration {
    /// The architectures that are known by name, in the order in which they are listed to users.
    ///
    /// Shapes of the published checkpoints, for benchmarks with random weights.
    public static let architectures: KeyValuePairs<String, EncoderConfiguration> = [
        "bert-base": EncoderConfiguration(
            layerCount: 12,
            hidden: 768,
            heads: 12,
            intermediate: 3072,
            vocabularySize: 30_522
        ),
        "bert-large": EncoderConfiguration(
            layerCount: 24,
            hidden: 1024,
            heads: 16,
            intermediate: 4096,
            vocabularySize: 30_522
        ),
        "minilm-l6": EncoderConfiguration(
            layerCount: 6,
            hidden: 384,
            heads: 12,
            intermediate: 1536,
            vocabularySize: 30_522
        ),
        "minilm-l12": EncoderConfiguration(
            layerCount: 12,
            hidden: 384,
            heads: 12,
            intermediate: 1536,
            vocabularySize: 30_522
        ),
    ]
}
