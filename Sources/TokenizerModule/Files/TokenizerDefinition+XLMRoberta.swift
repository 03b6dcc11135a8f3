extension TokenizerDefinition {
    /// Reads `sentencepiece.bpe.model` of XLM-RoBERTa or CamemBERT, a Unigram model in spite of its name.
    ///
    /// Both were trained with fairseq, whose ids are not those of the file:
    ///
    /// | id | XLM-RoBERTa | CamemBERT |
    /// |---|---|---|
    /// | 0 | `<s>` | `<s>NOTUSED` |
    /// | 1 | `<pad>` | `<pad>` |
    /// | 2 | `</s>` | `</s>NOTUSED` |
    /// | 3 | `<unk>` | `<unk>` |
    /// | then | the pieces from 3 on | `<unk>NOTUSED`, then the pieces from 1 on |
    /// | last | `<mask>` | `<mask>` |
    init(
        fairseqSentencePiece bytes: [UInt8],
        file: String,
        family: TokenizerFamily,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        let proto = try SentencePieceModel(bytes, file: file)
        let isCamembert = family == .camembert
        let unused = ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"]
        let first =
            isCamembert
            ? [unused[0], "<pad>", unused[1], "<unk>", unused[2]] : ["<s>", "<pad>", "</s>", "<unk>"]
        vocabularyBytes = bytes
        var unigram = UnigramDefinition(unknownID: 3)
        func append(_ text: Range<Int>, score: Double) {
            vocabularyEntries.append(
                Vocabulary.Entry(start: text.lowerBound, count: text.count, id: unigram.scores.count)
            )
            unigram.scores.append(score)
        }
        func append(special token: String) {
            let start = vocabularyBytes.count
            vocabularyBytes += token.utf8
            append(start..<vocabularyBytes.count, score: token == unused[2] ? -100 : 0)
        }
        for token in first { append(special: token) }
        for piece in proto.pieces.dropFirst(isCamembert ? 1 : 3) {
            append(piece.text, score: Double(piece.score))
        }
        append(special: "<mask>")
        model = .unigram(unigram)

        normalizers = try Self.characterMap(proto, bytes, file: file)
        preTokenizers = Self.metaspaceAfterWhitespace(configuration)
        specialTokens = .roberta
        addTokens(of: configuration, maskTakesSpace: true)
        if isCamembert, configuration.furtherSpecialTokens.isEmpty {
            for token in unused { appendUnlessKnown(AddedToken(content: token)) }
        }
        template = .roberta(classifier: specialTokens.classifier, separator: specialTokens.separator)
    }
}
