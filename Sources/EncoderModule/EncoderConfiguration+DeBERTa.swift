import FileModule

extension EncoderConfiguration {
    /// DeBERTa-v2's model type stands for models that differ; those that are run are DeBERTa-v3, mDeBERTa and their like.
    mutating func readDisentangled(_ file: ConfigurationFile) throws(EncoderError) {
        try Self.rejectOtherDeBERTas(file, hidden: hidden, headSize: headSize)
        positions = .none
        tokenTypeCount = try file.integer("type_vocab_size", in: 0...1024, default: 0)
        let count = try file.integer("position_buckets", in: 2...65_536)
        // -1 stands for the longest window.
        let given = try file.integer("max_relative_positions", in: -1...1_048_576, default: -1)
        let farthest = given < 1 ? maximumPositions : given
        guard farthest > count / 2 + 1 else {
            throw .invalidValue(
                file: file.path,
                key: "max_relative_positions",
                value: "\(farthest)",
                allowed: "more than half of position_buckets and 1, which is \(count / 2 + 1)"
            )
        }
        relativePositions = .disentangled(DisentangledBuckets(count: count, farthest: farthest))
    }

    private static func rejectOtherDeBERTas(
        _ file: ConfigurationFile,
        hidden: Int,
        headSize: Int
    ) throws(EncoderError) {
        func require(_ key: String, _ value: String, is allowed: String, _ meaning: String)
            throws(EncoderError)
        {
            guard value != allowed else { return }
            throw .invalidValue(file: file.path, key: key, value: value, allowed: "\(allowed): \(meaning)")
        }
        // The defaults are Hugging Face's.
        try require(
            "conv_kernel_size",
            "\(file.integer("conv_kernel_size", in: 0...65_536, default: 0))",
            is: "0",
            "the convolution of the large DeBERTa-v2 models is not supported"
        )
        for (key, allowed, usual, meaning) in [
            ("relative_attention", true, false, "attention without relative positions is not supported"),
            ("position_biased_input", false, true, "position embeddings in the input are not supported"),
            (
                "share_att_key", true, false,
                "keys and queries of positions with weights of their own are not supported"
            ),
        ] {
            try require(key, "\(file.flag(key, default: usual))", is: "\(allowed)", meaning)
        }
        let kinds = try file.names("pos_att_type")
        guard Set(kinds) == ["c2p", "p2c"] else {
            throw .invalidValue(
                file: file.path,
                key: "pos_att_type",
                value: JSONText.quoted(kinds.joined(separator: "|")),
                allowed: "\"p2c|c2p\": other kinds of relative attention are not supported"
            )
        }
        let norms = try file.names("norm_rel_ebd")
        guard norms == ["layer_norm"] else {
            throw .invalidValue(
                file: file.path,
                key: "norm_rel_ebd",
                value: JSONText.quoted(norms.joined(separator: "|")),
                allowed: "\"layer_norm\": relative embeddings that are not normalised are not supported"
            )
        }
        for (key, size) in [("embedding_size", hidden), ("attention_head_size", headSize)] {
            try require(
                key,
                "\(file.integer(key, in: 1...65_536, default: size))",
                is: "\(size)",
                "other widths are not supported"
            )
        }
    }
}
