/// What a family calls its tensors; one description an architecture.
///
/// In the checkpoint of a question-answering model ``prefix`` stands before all of these names, in that of a bare encoder nothing.
/// `.weight` and `.bias` are added by the readers.
public struct WeightNames: Sendable {
    /// The parts of one layer.
    public struct Layer: Sendable {
        /// Makes the queries.
        public var query = "attention.self.query"
        /// Makes the keys.
        public var key = "attention.self.key"
        /// Makes the values.
        public var value = "attention.self.value"
        /// Makes of the heads' outputs what attention adds.
        public var attentionOutput = "attention.output.dense"
        /// The normalisation after attention.
        public var attentionNorm = "attention.output.LayerNorm"
        /// The first feed-forward product.
        public var intermediate = "intermediate.dense"
        /// The second feed-forward product.
        public var output = "output.dense"
        /// The normalisation after the feed-forward products.
        public var outputNorm = "output.LayerNorm"
    }

    /// What stands before the names of the encoder's tensors, `bert.`.
    public var prefix: String
    /// A row for each token id.
    public var wordEmbeddings = "embeddings.word_embeddings.weight"
    /// A row for each position.
    public var positionEmbeddings = "embeddings.position_embeddings.weight"
    /// A row for each token type; not there in families without types.
    public var tokenTypeEmbeddings = "embeddings.token_type_embeddings.weight"
    /// The normalisation of the embeddings' sum.
    public var embeddingNorm = "embeddings.LayerNorm"
    /// From the width of the embeddings to the encoder's, where ``EncoderConfiguration/projectsEmbeddings``.
    public var embeddingProjection = "embeddings_project"
    /// A number for each bucket of distances and head, one table for all layers; there only in MPNet.
    public var relativeBias: String?
    /// A row for each bucket of distances; there only in DeBERTa.
    public var relativeEmbeddings = "encoder.rel_embeddings.weight"
    /// Their normalisation.
    public var relativeNorm = "encoder.LayerNorm"
    /// What stands before the number of a layer.
    public var layers = "encoder.layer."
    /// What stands behind it.
    public var layer = Layer()
    /// What the names of an encoder's tensors begin with that question answering does not use.
    public static let extras = ["pooler.", "embeddings.position_ids", "embeddings.token_type_ids"]
    /// What the names of other heads' tensors begin with: those of pretraining, classification and distillation.
    public static let otherHeads = [
        "cls.", "lm_head.", "vocab_", "predictions.", "classifier.", "sop_classifier.", "pre_classifier.",
        "discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "fit_dense", "pooler.",
    ]

    /// The names of a family.
    public init(_ family: ModelFamily) {
        prefix =
            switch family {
            case .bert, .roberta, .albert, .distilbert, .electra, .mpnet: family.rawValue + "."
            case .xlmRoberta, .camembert: "roberta."
            case .deberta: "deberta."
            }
        switch family {
        case .bert, .roberta, .xlmRoberta, .camembert, .electra: break
        case .albert:
            embeddingProjection = "encoder.embedding_hidden_mapping_in"
            layers = "encoder.albert_layer_groups.0.albert_layers."
            layer = Layer(
                query: "attention.query",
                key: "attention.key",
                value: "attention.value",
                attentionOutput: "attention.dense",
                attentionNorm: "attention.LayerNorm",
                intermediate: "ffn",
                output: "ffn_output",
                outputNorm: "full_layer_layer_norm"
            )
        case .deberta:
            layer.query = "attention.self.query_proj"
            layer.key = "attention.self.key_proj"
            layer.value = "attention.self.value_proj"
        case .mpnet:
            relativeBias = "encoder.relative_attention_bias.weight"
            layer.query = "attention.attn.q"
            layer.key = "attention.attn.k"
            layer.value = "attention.attn.v"
            layer.attentionOutput = "attention.attn.o"
            layer.attentionNorm = "attention.LayerNorm"
        case .distilbert:
            layers = "transformer.layer."
            layer = Layer(
                query: "attention.q_lin",
                key: "attention.k_lin",
                value: "attention.v_lin",
                attentionOutput: "attention.out_lin",
                attentionNorm: "sa_layer_norm",
                intermediate: "ffn.lin1",
                output: "ffn.lin2",
                outputNorm: "output_layer_norm"
            )
        }
    }
}
