/// The tokenizer of the BERT family: ids and offsets equal those of Hugging Face's fast BERT tokenizer.
///
/// What a text goes through: added tokens are taken out → the rest is normalized → split into words → each
/// word is cut into pieces of the vocabulary. Truncation and padding are not the tokenizer's business: what
/// `tokenizer.json` says of them is ignored, windows are cut by the caller.
public struct WordPieceTokenizer: Sendable {
    /// The id of `[CLS]`, which begins every input.
    public let classifierID: Int32
    /// The id of `[SEP]`, which ends the question and the context.
    public let separatorID: Int32
    /// The id of `[PAD]`.
    public let paddingID: Int32
    /// The id of `[UNK]`, what becomes of a word that the vocabulary cannot spell.
    public let unknownID: Int32
    /// How many ids there are, added tokens included: every id is below it.
    public let vocabularySize: Int

    private let model: WordPiece
    private let normalizer: BertNormalizer
    private let splitter: BertWordSplitter
    private let added: AddedVocabulary

    init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        let vocabulary = try Vocabulary(
            bytes: definition.vocabularyBytes,
            entries: definition.vocabularyEntries,
            continuationPrefix: Array(definition.continuationPrefix.utf8),
            file: definition.file
        )
        normalizer = BertNormalizer(options: definition.normalization)
        splitter = BertWordSplitter()
        let added = try AddedVocabulary(definition, vocabulary: vocabulary, normalizer: normalizer)
        self.added = added
        vocabularySize = vocabulary.count + added.appendedTokens.count

        let roles = definition.specialTokens
        func id(_ token: String, in added: AddedVocabulary?) throws(TokenizerError) -> Int32 {
            guard let id = vocabulary.id(of: token) ?? added?.id(of: token) else {
                throw .missingSpecialToken(
                    file: definition.file,
                    role: roles.role(of: token),
                    token: token
                )
            }
            return id
        }
        classifierID = try id(roles.classifier, in: added)
        separatorID = try id(roles.separator, in: added)
        paddingID = try id(roles.padding, in: added)
        // The model itself emits the unknown token, so an added one does not do.
        unknownID = try id(roles.unknown, in: nil)
        model = WordPiece(
            vocabulary: vocabulary,
            unknownID: unknownID,
            maximumWordScalars: definition.maximumWordScalars
        )
    }

    /// The token of an id, a continuation with its prefix `##`.
    ///
    /// - Parameter id: a vocabulary id.
    /// - Returns: nil when no token has the id.
    public func token(forID id: Int32) -> String? {
        if let bytes = model.vocabulary.token(id) { return String(decoding: bytes, as: UTF8.self) }
        let index = Int(id) - model.vocabulary.count
        return added.appendedTokens.indices.contains(index) ? added.appendedTokens[index] : nil
    }

    /// Cuts a text into tokens.
    ///
    /// - Parameter text: any text, of any length; the empty text has no tokens.
    /// - Returns: ids and ranges of the original text, without special tokens around them.
    public func tokenize(_ text: String) -> TokenizedText {
        var text = text
        return text.withUTF8 { utf8 in
            var pass = TokenizationPass(
                text: utf8,
                normalizer: normalizer,
                splitter: splitter,
                model: model,
                normalizedMatcher: added.normalizedMatcher
            )
            added.originalMatcher.forEachSegment(in: utf8) { pass.append($0) }
            return pass.output
        }
    }
}
