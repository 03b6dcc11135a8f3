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
        "roberta-base": EncoderConfiguration(.roberta, .base, vocabulary: 50_265),
        "roberta-large": EncoderConfiguration(.roberta, .large, vocabulary: 50_265),
        "xlm-roberta-base": EncoderConfiguration(.xlmRoberta, .base, vocabulary: 250_002),
        "xlm-roberta-large": EncoderConfiguration(.xlmRoberta, .large, vocabulary: 250_002),
        "camembert-base": EncoderConfiguration(.camembert, .base, vocabulary: 32_005),
        "albert-base": EncoderConfiguration(albert: 12, hidden: 768, heads: 12, intermediate: 3072),
        "albert-large": EncoderConfiguration(albert: 24, hidden: 1024, heads: 16, intermediate: 4096),
        "electra-small": EncoderConfiguration(
            family: .electra,
            layerCount: 12,
            hidden: 256,
            heads: 4,
            intermediate: 1024,
            vocabularySize: 30_522,
            embeddingSize: 128
        ),
        "electra-base": EncoderConfiguration(
            family: .electra,
            layerCount: 12,
            hidden: 768,
            heads: 12,
            intermediate: 3072,
            vocabularySize: 30_522
        ),
        "electra-large": EncoderConfiguration(
            family: .electra,
            layerCount: 24,
            hidden: 1024,
            heads: 16,
            intermediate: 4096,
            vocabularySize: 30_522
        ),
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
        "deberta-v3-base": EncoderConfiguration(
            family: .deberta,
            layerCount: 12,
            hidden: 768,
            heads: 12,
            intermediate: 3072,
            vocabularySize: 128_100,
            positions: .none,
            tokenTypeCount: 0,
            relativePositions: .disentangled(DisentangledBuckets(count: 256, farthest: 512)),
            layerNormEpsilon: 1e-7
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

    /// The two sizes that RoBERTa and its relatives are published in.
    private enum Size {
        case base
        case large
    }

    /// RoBERTa, or a relative with its encoder.
    private init(_ family: ModelFamily, _ size: Size, vocabulary: Int) {
        self.init(
            family: family,
            layerCount: size == .base ? 12 : 24,
            hidden: size == .base ? 768 : 1024,
            heads: size == .base ? 12 : 16,
            intermediate: size == .base ? 3072 : 4096,
            vocabularySize: vocabulary,
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
