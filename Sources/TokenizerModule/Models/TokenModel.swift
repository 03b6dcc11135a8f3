/// What cuts words into tokens.
enum TokenModel: Sendable {
    case wordPiece(WordPiece)
    case bytePairs(BytePairEncoding)
    case unigram(Unigram)
}

/// What a file says of a model; the tokens themselves are in `TokenizerDefinition`.
enum ModelDefinition: Sendable {
    case wordPiece(continuationPrefix: String, maximumWordScalars: Int)
    case bytePairs(MergeList, ignoresMerges: Bool)
    case unigram(UnigramDefinition)

    /// The name in `tokenizer.json`.
    var name: String {
        switch self {
        case .wordPiece: "WordPiece"
        case .bytePairs: "BPE"
        case .unigram: "Unigram"
        }
    }
}

/// What the models keep between words, so that nothing is allocated a word.
struct ModelScratch: Sendable {
    var hashes: [UInt64] = []
    var merging = MergingWord()
    var cache = WordCache()
    var paths: [UnigramPath] = []
}
