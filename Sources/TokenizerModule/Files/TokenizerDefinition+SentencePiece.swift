extension TokenizerDefinition {
    /// The normalization rules in a SentencePiece model, if it has any.
    static func characterMap(
        _ proto: SentencePieceModel,
        _ bytes: [UInt8],
        file: String
    ) throws(TokenizerError) -> [Normalizer] {
        guard !proto.characterMap.isEmpty else { return [] }
        let field = "normalizer_spec.precompiled_charsmap"
        return [.precompiled(try CharacterMap(Array(bytes[proto.characterMap]), file: file, field: field))]
    }

    /// How SentencePiece's families cut words: at white space, and each begins with `▁`.
    static func metaspaceAfterWhitespace(_ configuration: TokenizerConfiguration) -> [PreTokenizer] {
        let addsPrefixSpace = configuration.addsPrefixSpace ?? true
        return [
            .whitespace, .metaspace(MetaspaceSplitter(prepending: addsPrefixSpace ? .always : .never)),
        ]
    }
}
