extension TokenizerDefinition {
    /// Reads ALBERT's `spiece.model`.
    ///
    /// Deviation: transformers 5 makes added tokens of the pieces that ALBERT's vocabulary declares as user-defined,
    /// `( ) " - . – £ €`, so that they cut the text before spaces are marked, and leaves pieces such as `▁2011,` their scores.
    /// The model was trained with neither; nor do SentencePiece and the `tokenizer.json` of 2020 do so. Pinned by
    /// `albertIsTokenizedAsItWasTrained`.
    init(
        sentencePiece bytes: [UInt8],
        file: String,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        try configuration.checkClass(.albert)
        let proto = try SentencePieceModel(bytes, file: file)
        vocabularyBytes = bytes
        vocabularyEntries = proto.pieces.enumerated().map { id, piece in
            Vocabulary.Entry(start: piece.text.lowerBound, count: piece.text.count, id: id)
        }
        let scores = proto.pieces.map { piece in
            Double(piece.score) - (Self.isDigitAndComma(bytes[piece.text]) ? 100 : 0)
        }
        model = .unigram(UnigramDefinition(scores: scores, unknownID: proto.unknownID))

        func replacement(_ pattern: String) -> Normalizer {
            .replace(TextReplacement(pattern: .literal(Array(pattern.utf8)), content: [UInt8(ascii: "\"")]))
        }
        normalizers = [replacement("``"), replacement("''")]
        if configuration.keepsAccents != true {
            normalizers += [.unicode(UnicodeForm(isCompatible: true, composes: false)), .stripAccents]
        }
        if configuration.lowercases ?? true { normalizers.append(.lowercase) }
        normalizers += try Self.characterMap(proto, bytes, file: file)
        preTokenizers = Self.metaspaceAfterWhitespace(configuration)

        specialTokens = .albert
        addTokens(of: configuration, maskTakesSpace: true)
        template = .bert(classifier: specialTokens.classifier, separator: specialTokens.separator)
    }

    /// Whether a piece ends in a digit and a comma: ALBERT cuts those again, which the lower score stands for.
    private static func isDigitAndComma(_ piece: ArraySlice<UInt8>) -> Bool {
        guard piece.last == UInt8(ascii: ",") else { return false }
        switch String(decoding: piece, as: UTF8.self).unicodeScalars.dropLast().last?.properties.numericType {
        case .decimal, .digit: return true
        default: return false
        }
    }
}
