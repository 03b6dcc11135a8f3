import FileModule

/// A family of encoders whose checkpoints load.
///
/// The raw value is `model_type` in `config.json`.
public enum ModelFamily: String, Sendable, CaseIterable {
    /// BERT and every checkpoint of its shape, such as MiniLM.
    case bert
    /// RoBERTa: positions count from behind the padding id, and there is one token type.
    case roberta
    /// ALBERT: narrow embeddings that are projected, and one layer that is applied again and again.
    case albert
    /// DistilBERT: no token types, and weight names of its own.
    case distilbert
    /// XLM-RoBERTa: RoBERTa with a vocabulary of a hundred languages.
    case xlmRoberta = "xlm-roberta"
    /// CamemBERT: RoBERTa with a French vocabulary.
    case camembert
    /// ELECTRA: BERT whose embeddings are projected where they are narrower than the encoder.
    case electra
    /// MPNet: RoBERTa's positions and no token types; attention knows how far two tokens are apart.
    case mpnet
    /// DeBERTa-v3 and mDeBERTa, and what else of DeBERTa-v2 has no convolution and shares its keys: positions are in attention
    /// alone.
    case deberta = "deberta-v2"
}

extension ModelFamily {
    /// What the names of Hugging Face's classes of the family begin with.
    public var className: String {
        switch self {
        case .bert: "Bert"
        case .roberta: "Roberta"
        case .albert: "Albert"
        case .distilbert: "DistilBert"
        case .xlmRoberta: "XLMRoberta"
        case .camembert: "Camembert"
        case .electra: "Electra"
        case .mpnet: "MPNet"
        case .deberta: "DebertaV2"
        }
    }
}

/// The shape of an encoder, from `config.json`.
///
/// Reading is strict: a key that decides the shape must be there, and a value that this engine would not follow
/// to the letter is an error.
public struct EncoderConfiguration: Sendable, Equatable {
    /// The family, which decides the names of the weights and how inputs are made.
    public var family: ModelFamily
    /// L, the number of encoder layers.
    public var layerCount: Int
    /// The width of a token's hidden state.
    public var hidden: Int
    /// H, the attention heads of a layer.
    public var heads: Int
    /// The width between the two feed-forward products.
    public var intermediate: Int
    /// The rows of the word embeddings: token ids are below it.
    public var vocabularySize: Int
    /// The width of the embeddings; where it is not ``hidden``, they are projected to that (ALBERT, ELECTRA).
    public var embeddingSize: Int
    /// How many layers have weights of their own: all, or one that all share (ALBERT).
    public var distinctLayerCount: Int
    /// The longest window in tokens, special tokens included.
    public var maximumPositions: Int
    /// How positions are counted.
    public var positions: Positions
    /// The rows of the token type embeddings; 0 for a family without them.
    public var tokenTypeCount: Int
    /// What attention itself knows of positions.
    public var relativePositions: RelativePositions
    /// What layer normalisation adds to the variance.
    public var layerNormEpsilon: Float
    /// The non-linearity between the feed-forward products.
    public var activation: Activation

    /// How the rows of the position embeddings follow from a window's tokens.
    public enum Positions: Sendable, Equatable {
        /// Row i for the token i.
        case fromZero
        /// RoBERTa: tokens that are not padding count on from the row behind the padding id; padding has the row of its id.
        case behindPadding(id: Int)
        /// DeBERTa: there are no position embeddings.
        case none
    }

    /// What attention adds to its scores for the distance of two tokens in their window.
    public enum RelativePositions: Sendable, Equatable {
        /// Nothing: what is known of positions is in the embeddings.
        case none
        /// MPNet: a number for each head and bucket of distances (``DistanceBuckets``), the same in all layers.
        case bias
        /// DeBERTa: what a query says of the distance, and the distance of a key (``DisentangledBuckets``).
        case disentangled(DisentangledBuckets)
    }

    /// What the products of queries and keys are multiplied by: 1 / √(headSize · n), of n kinds of products.
    package var scoreScale: Float {
        if case .disentangled = relativePositions { return 1 / Float(3 * headSize).squareRoot() }
        return 1 / Float(headSize).squareRoot()
    }

    /// The width of one head: `hidden / heads`.
    public var headSize: Int { hidden / heads }

    /// Whether there is a product between the embeddings and the first layer: always in ALBERT, elsewhere where the widths
    /// differ.
    public var projectsEmbeddings: Bool { family == .albert || embeddingSize != hidden }

    /// A configuration made in the program, such as that of a benchmark with random weights.
    ///
    /// The numbers must be positive and `heads` must divide `hidden`.
    public init(
        family: ModelFamily = .bert,
        layerCount: Int,
        hidden: Int,
        heads: Int,
        intermediate: Int,
        vocabularySize: Int,
        embeddingSize: Int? = nil,
        distinctLayerCount: Int? = nil,
        maximumPositions: Int = 512,
        positions: Positions = .fromZero,
        tokenTypeCount: Int = 2,
        relativePositions: RelativePositions = .none,
        layerNormEpsilon: Float = 1e-12,
        activation: Activation = .geluErf
    ) {
        precondition(
            min(layerCount, hidden, heads, intermediate, vocabularySize, maximumPositions) > 0
                && min(embeddingSize ?? 1, distinctLayerCount ?? 1) > 0 && tokenTypeCount >= 0,
            "a size of the encoder is not positive"
        )
        precondition(hidden.isMultiple(of: heads), "\(heads) heads do not divide a hidden size of \(hidden)")
        self.family = family
        self.layerCount = layerCount
        self.hidden = hidden
        self.heads = heads
        self.intermediate = intermediate
        self.vocabularySize = vocabularySize
        self.embeddingSize = embeddingSize ?? hidden
        self.distinctLayerCount = distinctLayerCount ?? layerCount
        self.maximumPositions = maximumPositions
        self.positions = positions
        self.relativePositions = relativePositions
        self.tokenTypeCount = tokenTypeCount
        self.layerNormEpsilon = layerNormEpsilon
        self.activation = activation
    }
}
