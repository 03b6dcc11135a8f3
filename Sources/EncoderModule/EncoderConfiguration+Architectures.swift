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
        "roberta-base": EncoderConfiguration(
            roberta: 12,
            hidden: 768,
            heads: 12,
            intermediate: 3072
        ),
        "roberta-large": EncoderConfiguration(
            roberta: 24,
            hidden: 1024,
            heads: 16,
            intermediate: 4096
        ),
        "albert-base": EncoderConfiguration(albert: 12, hidden: 768, heads: 12, intermediate: 3072),
        "albert-large": EncoderConfiguration(albert: 24, hidden: 1024, heads: 16, intermediate: 4096),
        "distilbert-base": EncoderConfiguration(
            family: .distilbert,
            layerCount: 6,
            hidden: 768,
            heads: 12,
            intermediate: 3072,
            vocabularySize: 30_522,
            tokenTypeCount: 0
        ),
        "mpnet-base": EncoderConfiguration(
            family: .mpnet,
            layerCount: 12,
            hidden: 768,
            heads: 12,
            intermediate: 3072,
            vocabularySize: 30_527,
            positions: .behindPadding(id: 1),
            tokenTypeCount: 0,
            relativePositions: .bias,
            layerNormEpsilon: 1e-5
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

    private init(roberta layerCount: Int, hidden: Int, heads: Int, intermediate: Int) {
        self.init(
            family: .roberta,
            layerCount: layerCount,
            hidden: hidden,
            heads: heads,
            intermediate: intermediate,
            vocabularySize: 50_265,
            positions: .behindPadding(id: 1),
            tokenTypeCount: 1,
            layerNormEpsilon: 1e-5
        )
    }

    private init(albert layerCount: Int, hidden: Int, heads: Int, intermediate: Int) {
        self.init(
            family: .albert,
            layerCount: layerCount,
            hidden: hidden,
            heads: heads,
            intermediate: intermediate,
            vocabularySize: 30_000,
            embeddingSize: 128,
            distinctLayerCount: 1,
            activation: .geluTanh
        )
    }
}
