import FileModule

/// A family of encoders whose checkpoints load.
///
/// The raw value is `model_type` in `config.json`.
public enum ModelFamily: String, Sendable, CaseIterable {
    /// BERT and every checkpoint of its shape, such as MiniLM.
    case bert
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
    /// The longest window in tokens, special tokens included.
    public var maximumPositions: Int
    /// The rows of the token type embeddings.
    public var tokenTypeCount: Int
    /// What layer normalisation adds to the variance.
    public var layerNormEpsilon: Float
    /// The non-linearity between the feed-forward products.
    public var activation: Activation

    /// The width of one head: `hidden / heads`.
    public var headSize: Int { hidden / heads }

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
        maximumPositions: Int = 512,
        tokenTypeCount: Int = 2,
        layerNormEpsilon: Float = 1e-12,
        activation: Activation = .geluErf
    ) {
        precondition(
            min(layerCount, hidden, heads, intermediate, vocabularySize, maximumPositions, tokenTypeCount)
                > 0,
            "a size of the encoder is not positive"
        )
        precondition(hidden.isMultiple(of: heads), "\(heads) heads do not divide a hidden size of \(hidden)")
        self.family = family
        self.layerCount = layerCount
        self.hidden = hidden
        self.heads = heads
        self.intermediate = intermediate
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.tokenTypeCount = tokenTypeCount
        self.layerNormEpsilon = layerNormEpsilon
        self.activation = activation
    }

    /// Reads `config.json` of a checkpoint directory.
    ///
    /// - Throws: `unreadableFile`, `notJSONObject`, `missingKey`, `invalidValue`, `unsupportedArchitecture`,
    ///   `unsupportedActivation`.
    public init(directory: String) throws(EncoderError) {
        try self.init(file: ConfigurationFile(path: directory + "/config.json"))
    }

    init(file: ConfigurationFile) throws(EncoderError) {
        let modelType = try file.string("model_type")
        guard let family = ModelFamily(rawValue: modelType) else {
            throw .unsupportedArchitecture(
                file: file.path,
                modelType: modelType,
                supported: ModelFamily.allCases.map(\.rawValue)
            )
        }
        switch family {
        case .bert: try self.init(bert: file)
        }
    }

    /// The keys of a BERT configuration; the defaults are Hugging Face's.
    private init(bert file: ConfigurationFile) throws(EncoderError) {
        // The upper bounds are far beyond any real model and keep every product of sizes inside an Int.
        family = .bert
        layerCount = try file.integer("num_hidden_layers", in: 1...1024)
        hidden = try file.integer("hidden_size", in: 1...65_536)
        heads = try file.integer("num_attention_heads", in: 1...65_536)
        intermediate = try file.integer("intermediate_size", in: 1...1_048_576)
        vocabularySize = try file.integer("vocab_size", in: 1...16_777_216)
        maximumPositions = try file.integer("max_position_embeddings", in: 1...1_048_576)
        tokenTypeCount = try file.integer("type_vocab_size", in: 1...1024, default: 2)
        layerNormEpsilon = Float(try file.number("layer_norm_eps", in: 1e-30...1, default: 1e-12))
        activation = try Self.activation(in: file)
        try Self.rejectUnsupported(in: file)
        guard hidden.isMultiple(of: heads) else {
            throw .invalidValue(
                file: file.path,
                key: "num_attention_heads",
                value: "\(heads)",
                allowed: "a divisor of hidden_size, which is \(hidden)"
            )
        }
    }

    private static func activation(in file: ConfigurationFile) throws(EncoderError) -> Activation {
        let name = try file.string("hidden_act", default: "gelu")
        guard let entry = Activation.names.first(where: { $0.key == name }) else {
            throw .unsupportedActivation(
                file: file.path,
                name: name,
                supported: Activation.names.map { $0.key }
            )
        }
        return entry.value
    }

    /// Settings that change what the encoder computes and that this engine does not follow.
    private static func rejectUnsupported(in file: ConfigurationFile) throws(EncoderError) {
        let positions = try file.string("position_embedding_type", default: "absolute")
        guard positions == "absolute" else {
            throw .invalidValue(
                file: file.path,
                key: "position_embedding_type",
                value: JSONText.quoted(positions),
                allowed: "\"absolute\""
            )
        }
        for key in ["is_decoder", "add_cross_attention"] where try file.flag(key, default: false) {
            throw .invalidValue(file: file.path, key: key, value: "true", allowed: "false")
        }
        guard !file.hasContent("pruned_heads") else {
            throw .invalidValue(
                file: file.path,
                key: "pruned_heads",
                value: "not empty",
                allowed: "empty: checkpoints with pruned heads are not supported"
            )
        }
    }
}
