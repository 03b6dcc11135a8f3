extension TokenizerDefinition {
    /// Reads `spm.model` of DeBERTa-v2 or v3.
    ///
    /// The pieces have the ids of the file; `[MASK]`, which is in none, comes behind them.
    ///
    /// Deviation: transformers 5 makes other normalizers of the file than it holds. Those here are of version 4, with which the
    /// `tokenizer.json` of checkpoints were written. Pinned by `DeBERTaTokenizerTests`.
    init(
        debertaSentencePiece bytes: [UInt8],
        file: String,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        try configuration.checkClass(.deberta)
        if configuration.splitsPunctuation == true {
            throw .unsupportedElement(file: configuration.file, element: "split_by_punct", type: "true")
        }
        let proto = try SentencePieceModel(bytes, file: file)
        vocabularyBytes = bytes
        vocabularyEntries = proto.pieces.enumerated().map { id, piece in
            Vocabulary.Entry(start: piece.text.lowerBound, count: piece.text.count, id: id)
        }
        model = .unigram(
            UnigramDefinition(scores: proto.pieces.map { Double($0.score) }, unknownID: proto.unknownID)
        )
        if configuration.lowercases == true { normalizers.append(.lowercase) }
        normalizers.append(.strip(left: true, right: true))
        normalizers += try Self.characterMap(proto, bytes, file: file)
        normalizers.append(.replace(TextReplacement(pattern: .spaces, content: [UInt8(ascii: " ")])))
        let addsPrefixSpace = configuration.addsPrefixSpace ?? true
        preTokenizers = [.metaspace(MetaspaceSplitter(prepending: addsPrefixSpace ? .always : .never))]
        addTokens(of: configuration)
        let mask = Array(specialTokens.mask.utf8)
        if !proto.pieces.contains(where: { bytes[$0.text].elementsEqual(mask) }) {
            for index in addedTokens.indices where addedTokens[index].content.utf8.elementsEqual(mask) {
                addedTokens[index].id = addedTokens[index].id ?? proto.pieces.count
            }
        }
        template = .bert(classifier: specialTokens.classifier, separator: specialTokens.separator)
    }
}
