extension TokenizerDefinition {
    /// Reads ALBERT's `spiece.model`, as Hugging Face's `AlbertTokenizer` converts it.
    init(
        sentencePiece bytes: [UInt8],
        file: String,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        try configuration.checkClass(["AlbertTokenizer"])
        let proto = try SentencePieceModel(bytes, file: file)
        vocabularyBytes = bytes
        vocabularyEntries = proto.pieces.enumerated().map { id, piece in
            Vocabulary.Entry(start: piece.text.lowerBound, count: piece.text.count, id: id)
        }
        model = .unigram(
            UnigramDefinition(scores: proto.pieces.map { Double($0.score) }, unknownID: proto.unknownID)
        )

        func replacement(_ pattern: String) -> Normalizer {
            .replace(TextReplacement(pattern: .literal(Array(pattern.utf8)), content: [UInt8(ascii: "\"")]))
        }
        normalizers = [replacement("``"), replacement("''")]
        if configuration.keepsAccents != true {
            normalizers += [.unicode(UnicodeForm(isCompatible: true, composes: false)), .stripAccents]
        }
        if configuration.lowercases ?? true { normalizers.append(.lowercase) }
        if !proto.characterMap.isEmpty {
            let field = "normalizer_spec.precompiled_charsmap"
            let map = try CharacterMap(Array(bytes[proto.characterMap]), file: file, field: field)
            normalizers.append(.precompiled(map))
        }
        let addsPrefixSpace = configuration.addsPrefixSpace ?? true
        preTokenizers = [
            .whitespace, .metaspace(MetaspaceSplitter(prepending: addsPrefixSpace ? .always : .never)),
        ]

        specialTokens = .albert
        addTokens(of: configuration)
        for piece in proto.pieces where piece.kind == .control || piece.kind == .userDefined {
            let content = String(decoding: bytes[piece.text], as: UTF8.self)
            if addedTokens.contains(where: { $0.content.utf8.elementsEqual(content.utf8) }) { continue }
            addedTokens.append(AddedToken(content: content, isSpecial: true))
        }
        template = .bert(classifier: specialTokens.classifier, separator: specialTokens.separator)
    }
}
