/// All that the tokenizer files of a checkpoint say, whichever files they are.
struct TokenizerDefinition {
    /// The file that errors name.
    var file: String
    var vocabularyBytes: [UInt8] = []
    var vocabularyEntries: [Vocabulary.Entry] = []
    var addedTokens: [AddedToken] = []
    var normalization = BertNormalizer.Options()
    var continuationPrefix = "##"
    var maximumWordScalars = 100
    var specialTokens = SpecialTokens()
}

/// The tokens that play a part in every input, by what they stand for.
struct SpecialTokens: Equatable {
    var unknown = "[UNK]"
    var classifier = "[CLS]"
    var separator = "[SEP]"
    var padding = "[PAD]"
    var mask = "[MASK]"

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
