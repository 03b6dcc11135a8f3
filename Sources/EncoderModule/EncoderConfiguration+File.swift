import FileModule

extension EncoderConfiguration {
    /// Reads `config.json` of a checkpoint directory.
    ///
    /// - Throws: `notACheckpoint`, `unreadableFile`, `notJSONObject`, `missingKey`, `invalidValue`, `unsupportedArchitecture`,
    ///   `unsupportedActivation`.
    public init(directory: String) throws(EncoderError) {
        try CheckpointDirectory(path: directory).check()
        try self.init(file: ConfigurationFile(path: directory + "/config.json"))
    }

    /// The defaults are Hugging Face's.
    init(file: ConfigurationFile) throws(EncoderError) {
        let modelType = try Self.modelType(in: file)
        guard let family = ModelFamily(rawValue: modelType) else {
            throw .unsupportedArchitecture(
                file: file.path,
                modelType: modelType,
                supported: ModelFamily.allCases.map(\.rawValue)
            )
        }
        let keys = Keys(family)
        let hidden = try file.integer(keys.hidden, in: 1...65_536)
        let heads = try file.integer(keys.heads, in: 1...65_536)
        guard hidden.isMultiple(of: heads) else {
            throw .invalidValue(
                file: file.path,
                key: keys.heads,
                value: "\(heads)",
                allowed: "a divisor of \(keys.hidden), which is \(hidden)"
            )
        }
        // The upper bounds are far beyond any real model and keep every product of sizes inside an Int.
        self.init(
            family: family,
            layerCount: try file.integer(keys.layers, in: 1...1024),
            hidden: hidden,
            heads: heads,
            intermediate: try file.integer(keys.intermediate, in: 1...1_048_576),
            vocabularySize: try file.integer("vocab_size", in: 1...16_777_216),
            maximumPositions: try file.integer("max_position_embeddings", in: 1...1_048_576),
            activation: try Self.activation(in: file, keys)
        )
        if family != .distilbert {
            let usual = family == .deberta ? 1e-7 : 1e-12
            layerNormEpsilon = Float(try file.number("layer_norm_eps", in: 1e-30...1, default: usual))
        }
        switch family {
        case .bert: try readTokenTypes(file)
        case .roberta, .xlmRoberta, .camembert:
            try readTokenTypes(file)
            try readPadding(file)
        case .albert:
            try readTokenTypes(file)
            try readSharing(file)
        case .distilbert: tokenTypeCount = 0
        case .electra:
            try readTokenTypes(file)
            embeddingSize = try Self.embeddingSize(in: file)
        case .mpnet: try readRelativeBias(file)
        case .deberta: try readDisentangled(file)
        }
        try Self.rejectUnsupported(in: file)
    }

    /// `model_type`; an error that says what it should be where the name of the model's class does.
    private static func modelType(in file: ConfigurationFile) throws(EncoderError) -> String {
        if let name = file.firstString("architectures"), !file.hasContent("model_type") {
            let family = ModelFamily.allCases.first { name.hasPrefix($0.className + "For") }
            throw .missingModelType(file: file.path, architecture: name, family: family)
        }
        return try file.string("model_type")
    }

    private mutating func readTokenTypes(_ file: ConfigurationFile) throws(EncoderError) {
        tokenTypeCount = try file.integer("type_vocab_size", in: 1...1024, default: 2)
    }

    /// RoBERTa: the position embeddings have rows for the padding and what is before it, too.
    private mutating func readPadding(_ file: ConfigurationFile) throws(EncoderError) {
        try countPositions(
            file,
            behind: try file.integer("pad_token_id", in: 0...vocabularySize - 1, default: 1)
        )
    }

    private mutating func countPositions(
        _ file: ConfigurationFile,
        behind paddingID: Int
    ) throws(EncoderError) {
        let rows = maximumPositions
        guard rows > paddingID + 1 else {
            throw .invalidValue(
                file: file.path,
                key: "max_position_embeddings",
                value: "\(rows)",
                allowed: "more than the id of padding + 1, which is \(paddingID + 1)"
            )
        }
        maximumPositions = rows - paddingID - 1
        positions = .behindPadding(id: paddingID)
    }

    /// MPNet: positions count from behind the padding id 1, whatever `pad_token_id` says, and there are no token types.
    ///
    /// Hugging Face's model numbers distances by 32 buckets whatever the configuration says, so with another number its
    /// table has too few rows, or some that are never read.
    private mutating func readRelativeBias(_ file: ConfigurationFile) throws(EncoderError) {
        let key = "relative_attention_num_buckets"
        let count = try file.integer(key, in: 0...1_048_576)
        guard count == DistanceBuckets.count else {
            throw .invalidValue(
                file: file.path,
                key: key,
                value: "\(count)",
                allowed: "\(DistanceBuckets.count), as many as Hugging Face's MPNet distinguishes"
            )
        }
        tokenTypeCount = 0
        relativePositions = .bias
        try countPositions(file, behind: 1)
    }

    /// ALBERT: narrow embeddings, and one layer for all.
    private mutating func readSharing(_ file: ConfigurationFile) throws(EncoderError) {
        embeddingSize = try Self.embeddingSize(in: file)
        distinctLayerCount = 1
        for key in ["num_hidden_groups", "inner_group_num"] {
            let count = try file.integer(key, in: 1...1024, default: 1)
            guard count == 1 else {
                throw .invalidValue(file: file.path, key: key, value: "\(count)", allowed: "1")
            }
        }
    }

    /// The width of the embeddings of ALBERT and ELECTRA.
    private static func embeddingSize(in file: ConfigurationFile) throws(EncoderError) -> Int {
        try file.integer("embedding_size", in: 1...65_536, default: 128)
    }

    private static func activation(in file: ConfigurationFile, _ keys: Keys) throws(EncoderError)
        -> Activation
    {
        let name = try file.string(keys.activation, default: keys.usualActivation)
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

/// What a family calls the keys that decide the shape.
private struct Keys {
    var layers = "num_hidden_layers"
    var hidden = "hidden_size"
    var heads = "num_attention_heads"
    var intermediate = "intermediate_size"
    var activation = "hidden_act"
    var usualActivation = "gelu"

    init(_ family: ModelFamily) {
        switch family {
        case .bert, .roberta, .xlmRoberta, .camembert, .electra, .mpnet, .deberta: break
        case .albert: usualActivation = "gelu_new"
        case .distilbert:
            layers = "n_layers"
            hidden = "dim"
            heads = "n_heads"
            intermediate = "hidden_dim"
            activation = "activation"
        }
    }
}
