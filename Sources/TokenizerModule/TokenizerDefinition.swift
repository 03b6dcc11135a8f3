/// All that the tokenizer files of a checkpoint say, whichever files they are.
struct TokenizerDefinition {
    /// The file that errors name.
    var file: String
    var vocabularyBytes: [UInt8] = []
    var vocabularyEntries: [Vocabulary.Entry] = []
    var addedTokens: [AddedToken] = []
    var normalizers: [Normalizer] = []
    var preTokenizers: [PreTokenizer] = [.bert]
    var model = ModelDefinition.wordPiece(continuationPrefix: "##", maximumWordScalars: 100)
    /// nil: BERT's.
    var template: SequenceTemplate?
    /// What the file says the ids of the template's tokens are, where it does.
    var templateIDs: [(token: String, id: Int)] = []
    /// nil: ranges keep their spaces.
    var trimming: OffsetTrimming?
    /// Whether the post-processor is RoBERTa's, which trims ranges or leaves them.
    var canTrim = false
    var specialTokens = SpecialTokens()

    /// The model works on bytes if, and only if, the last pre-tokenizer leaves it bytes.
    ///
    /// - Throws: `unsupportedElement`.
    func checkPreTokenizers() throws(TokenizerError) {
        func isByteLevel(_ step: PreTokenizer) -> Bool { if case .byteLevel = step { true } else { false } }
        let needsBytes = if case .bytePairs = model { true } else { false }
        let givesBytes = preTokenizers.last.map(isByteLevel) ?? false
        if needsBytes != givesBytes || preTokenizers.dropLast().contains(where: isByteLevel) {
            throw .unsupportedElement(
                file: file,
                element: "pre_tokenizer",
                type: "\(givesBytes ? "" : "no ")ByteLevel at the end with model \(model.name)"
            )
        }
    }
}

/// The tokens that play a part in every input, by what they stand for.
struct SpecialTokens: Equatable {
    var unknown = "[UNK]"
    var classifier = "[CLS]"
    var separator = "[SEP]"
    var padding = "[PAD]"
    var mask = "[MASK]"

    /// RoBERTa's.
    static let roberta = SpecialTokens(
        unknown: "<unk>",
        classifier: "<s>",
        separator: "</s>",
        padding: "<pad>",
        mask: "<mask>"
    )
    /// MPNet's: RoBERTa's, around BERT's words.
    static let mpnet = SpecialTokens(
        classifier: "<s>",
        separator: "</s>",
        padding: "<pad>",
        mask: "<mask>"
    )
    /// ALBERT's.
    static let albert = SpecialTokens(unknown: "<unk>", padding: "<pad>")

    /// What a token is for, as errors say it.
    func role(of token: String) -> String {
        switch token {
        case unknown: "unknown"
        case classifier: "classifier"
        case separator: "separator"
        case padding: "padding"
        case mask: "mask"
        default: "special"
        }
    }
}
