/// What a family calls its tensors, without the family's prefix; one description an architecture.
///
/// `.weight` and `.bias` are added by the readers.
struct WeightNames: Sendable {
    /// The parts of one layer.
    struct Layer: Sendable {
        var query = "attention.self.query"
        var key = "attention.self.key"
        var value = "attention.self.value"
        var attentionOutput = "attention.output.dense"
        var attentionNorm = "attention.output.LayerNorm"
        var intermediate = "intermediate.dense"
        var output = "output.dense"
        var outputNorm = "output.LayerNorm"
    }

    var wordEmbeddings = "embeddings.word_embeddings.weight"
    var positionEmbeddings = "embeddings.position_embeddings.weight"
    var tokenTypeEmbeddings = "embeddings.token_type_embeddings.weight"
    var embeddingNorm = "embeddings.LayerNorm"
    /// From the width of the embeddings to the encoder's; there only where the two differ in kind (ALBERT).
    var embeddingProjection: String?
    /// What stands before the number of a layer.
    var layers = "encoder.layer."
    var layer = Layer()
    /// What Hugging Face writes and question answering does not use.
    var extras = [
        "pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids", "embeddings.token_type_ids",
    ]

    init(_ family: ModelFamily) {
        switch family {
        case .bert, .roberta: break
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
            extras += ["pooler.weight", "pooler.bias"]
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
