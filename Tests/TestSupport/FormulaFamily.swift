/// What the checkpoints of a family look like, written down from Hugging Face's models.
package struct FormulaFamily: Sendable {
    /// `model_type`.
    package var name: String
    /// The prefix of the encoder's tensors; nil: the name.
    var prefix: String?
    /// The name of its golden files; nil: the family's.
    var golden: String?
    /// The width of the embeddings, where it is not that of the encoder.
    package var embeddingSize: Int?
    /// Rows of the position embeddings beyond the longest window.
    package var extraPositions = 0
    /// The rows of the token type embeddings, where the sizes don't decide.
    package var tokenTypes: Int?
    var projection: String?
    /// The layers with weights of their own, where it is not all of them.
    var layers: Int?
    var layerPrefix = "encoder.layer."
    var attention = [
        "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    ]
    var feedForward = ["intermediate.dense", "output.dense"]
    var norms = ["attention.output.LayerNorm", "output.LayerNorm"]
    /// The table `[32, heads]` of what distances add to scores.
    package var relativeBias: String?
    /// The rows of the embeddings of distances; the family has no others of positions then.
    package var relativeRows: Int?

    package static let bert = FormulaFamily(name: "bert")

    /// BERT with one token type, as it is trained without the second task.
    package static let untypedBert = FormulaFamily(name: "bert", tokenTypes: 1)

    package static let roberta = FormulaFamily(name: "roberta", extraPositions: 2, tokenTypes: 1)

    package static let xlmRoberta = FormulaFamily(
        name: "xlm-roberta",
        prefix: "roberta",
        extraPositions: 2,
        tokenTypes: 1
    )

    package static let camembert = FormulaFamily(
        name: "camembert",
        prefix: "roberta",
        extraPositions: 2,
        tokenTypes: 1
    )

    /// ELECTRA with narrow embeddings, as the small ones have them.
    package static let electra = FormulaFamily(
        name: "electra",
        embeddingSize: 16,
        projection: "embeddings_project"
    )

    /// ELECTRA with embeddings of the encoder's width, as the base and large ones have them.
    package static let electraBase = FormulaFamily(name: "electra", golden: "electra-base")

    package static let albert = FormulaFamily(
        name: "albert",
        embeddingSize: 16,
        projection: "encoder.embedding_hidden_mapping_in",
        layers: 1,
        layerPrefix: "encoder.albert_layer_groups.0.albert_layers.",
        attention: ["attention.query", "attention.key", "attention.value", "attention.dense"],
        feedForward: ["ffn", "ffn_output"],
        norms: ["attention.LayerNorm", "full_layer_layer_norm"]
    )

    package static let distilbert = FormulaFamily(
        name: "distilbert",
        tokenTypes: 0,
        layerPrefix: "transformer.layer.",
        attention: ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin"],
        feedForward: ["ffn.lin1", "ffn.lin2"],
        norms: ["sa_layer_norm", "output_layer_norm"]
    )

    package static let mpnet = FormulaFamily(
        name: "mpnet",
        extraPositions: 2,
        tokenTypes: 0,
        attention: ["attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o"],
        norms: ["attention.LayerNorm", "output.LayerNorm"],
        relativeBias: "encoder.relative_attention_bias.weight"
    )

    package static let deberta = FormulaFamily(
        name: "deberta-v2",
        prefix: "deberta",
        tokenTypes: 0,
        attention: [
            "attention.self.query_proj", "attention.self.key_proj", "attention.self.value_proj",
            "attention.output.dense",
        ],
        relativeRows: 16
    )

    /// DeBERTa with a row of token types, as the configuration allows.
    package static let debertaTyped: FormulaFamily = {
        var family = deberta
        family.golden = "deberta-v2-typed"
        family.tokenTypes = 2
        return family
    }()

    /// The terms that a score of attention is the sum of: probabilities take over the rounding of each.
    package var scoreTerms: Float { relativeRows != nil ? 3 : relativeBias != nil ? 2 : 1 }

    /// The name of the golden files.
    package var goldenName: String { golden ?? name }

    /// Whether pairs are laid out as `<s> question </s></s> context </s>`.
    package var hasRobertaLayout: Bool { ["roberta", "xlm-roberta", "camembert", "mpnet"].contains(name) }

    /// The entries of `config.json` that are not as BERT's; nil takes one away.
    func entries(_ sizes: FormulaCheckpoint.Sizes) -> [String: String?] {
        switch name {
        case "roberta", "xlm-roberta", "camembert":
            [
                "max_position_embeddings": "\(sizes.positions + extraPositions)", "type_vocab_size": "1",
                "layer_norm_eps": "1e-5", "pad_token_id": "1",
            ]
        case "albert": ["embedding_size": "16", "hidden_act": "\"gelu_new\"", "num_hidden_groups": "1"]
        case "deberta-v2":
            [
                "type_vocab_size": "\(tokenTypes ?? 0)", "position_embedding_type": nil,
                "layer_norm_eps": "1e-7",
                "relative_attention": "true", "position_biased_input": "false", "share_att_key": "true",
                "pos_att_type": "\"p2c|c2p\"", "norm_rel_ebd": "\"layer_norm\"", "position_buckets": "8",
                "max_relative_positions": "-1",
            ]
        case "mpnet":
            [
                "max_position_embeddings": "\(sizes.positions + extraPositions)", "type_vocab_size": nil,
                "position_embedding_type": nil, "layer_norm_eps": "1e-5", "pad_token_id": "1",
                "relative_attention_num_buckets": "32",
            ]
        case "electra": ["embedding_size": "\(embeddingSize ?? sizes.hidden)"]
        case "distilbert":
            [
                "num_hidden_layers": nil, "hidden_size": nil, "num_attention_heads": nil,
                "intermediate_size": nil,
                "type_vocab_size": nil, "layer_norm_eps": nil, "position_embedding_type": nil,
                "hidden_act": nil,
                "n_layers": "\(sizes.layers)", "dim": "\(sizes.hidden)", "n_heads": "\(sizes.heads)",
                "hidden_dim": "\(sizes.intermediate)", "activation": "\"gelu\"",
            ]
        default: [:]
        }
    }
}
