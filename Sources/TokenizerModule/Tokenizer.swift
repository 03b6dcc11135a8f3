import FileModule

/// A tokenizer of BERT, RoBERTa, ALBERT, XLM-RoBERTa, CamemBERT, DeBERTa or a relative of theirs: its ids and offsets equal those of Hugging Face's
/// fast tokenizers.
///
/// What a text goes through: added tokens are taken out → the rest is normalized → cut into words → each word is
/// cut into tokens by the model. Truncation and padding are not the tokenizer's business: what `tokenizer.json`
/// says of them is ignored, windows are cut by the caller.
public struct Tokenizer: Sendable {
    /// The id of `[CLS]` or `<s>`, which begins every input.
    public let classifierID: Int32
    /// The id of `[SEP]` or `</s>`, which ends the question and the context.
    public let separatorID: Int32
    /// The id of `[PAD]` or `<pad>`.
    public let paddingID: Int32
    /// The id of `[UNK]` or `<unk>`, what becomes of a word that the vocabulary cannot spell.
    public let unknownID: Int32
    /// How many ids there are, added tokens included: every id is below it.
    public let vocabularySize: Int
    /// The special tokens and token types of a question with its context.
    public let pairLayout: SequencePairLayout

    let model: TokenModel
    let normalization: NormalizationPipeline
    let preTokenizers: [PreTokenizer]
    let splitter = BertWordSplitter()
    let added: AddedVocabulary
    let trimming: OffsetTrimming?
    private let vocabulary: Vocabulary
    private let pool = ScratchPool()

    init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        let file = definition.file
        var continuationPrefix: [UInt8]?
        if case .wordPiece(let prefix, _) = definition.model { continuationPrefix = Array(prefix.utf8) }
        let vocabulary = try Vocabulary(
            bytes: definition.vocabularyBytes,
            entries: definition.vocabularyEntries,
            continuationPrefix: continuationPrefix,
            file: file
        )
        try definition.checkPreTokenizers()
        let normalization = NormalizationPipeline(definition.normalizers)
        let added = try AddedVocabulary(definition, vocabulary: vocabulary, normalization: normalization)
        self.vocabulary = vocabulary
        self.normalization = normalization
        self.added = added
        preTokenizers = definition.preTokenizers
        trimming = definition.trimming
        vocabularySize = vocabulary.count + added.appendedTokens.count

        let roles = definition.specialTokens
        func id(_ token: String, in added: AddedVocabulary?) throws(TokenizerError) -> Int32 {
            guard let id = vocabulary.id(of: token) ?? added?.id(of: token) else {
                throw .missingSpecialToken(file: file, role: roles.role(of: token), token: token)
            }
            return id
        }
        classifierID = try id(roles.classifier, in: added)
        separatorID = try id(roles.separator, in: added)
        paddingID = try id(roles.padding, in: added)
        let template = definition.template ?? .bert(classifier: roles.classifier, separator: roles.separator)
        for (token, declared) in definition.templateIDs {
            guard let known = vocabulary.id(of: token) ?? added.id(of: token), Int(known) != declared else {
                continue
            }
            throw .invalidValue(
                file: file,
                field: "post_processor",
                problem:
                    "gives \(JSONText.quoted(token)) the id \(declared), but the vocabulary gives it \(known)"
            )
        }
        func ids(_ tokens: [String]) throws(TokenizerError) -> [Int32] {
            var ids: [Int32] = []
            for token in tokens { ids.append(try id(token, in: added)) }
            return ids
        }
        pairLayout = SequencePairLayout(
            beforeQuestion: try ids(template.beforeQuestion),
            betweenQuestionAndContext: try ids(template.betweenQuestionAndContext),
            afterContext: try ids(template.afterContext),
            contextTokenType: template.contextTokenType
        )
        switch definition.model {
        case .wordPiece(_, let maximumWordScalars):
            // The model itself emits the unknown token, so an added one does not do.
            unknownID = try id(roles.unknown, in: nil)
            model = .wordPiece(
                WordPiece(
                    vocabulary: vocabulary,
                    unknownID: unknownID,
                    maximumWordScalars: maximumWordScalars
                )
            )
        case .bytePairs(let merges, let ignoresMerges):
            unknownID = try id(roles.unknown, in: added)
            model = .bytePairs(
                try BytePairEncoding(
                    vocabulary: vocabulary,
                    merges: merges,
                    ignoresMerges: ignoresMerges,
                    file: file
                )
            )
        case .unigram(let unigram):
            model = .unigram(try Unigram(vocabulary: vocabulary, unigram, file: file))
            unknownID = Int32(try required(unigram.unknownID, "model.unk_id", in: file))
        }
    }

    /// The token of an id as the vocabulary writes it: a continuation with its prefix `##`, byte-level tokens in
    /// GPT-2's printable alphabet.
    ///
    /// - Parameter id: a vocabulary id.
    /// - Returns: nil when no token has the id.
    public func token(forID id: Int32) -> String? {
        if let bytes = vocabulary.token(id) { return String(decoding: bytes, as: UTF8.self) }
        let index = Int(id) - vocabulary.count
        return added.appendedTokens.indices.contains(index) ? added.appendedTokens[index] : nil
    }

    /// Cuts a text into tokens.
    ///
    /// - Parameter text: any text, of any length; the empty text has no tokens.
    /// - Returns: ids and ranges of the original text, without special tokens around them.
    public func tokenize(_ text: String) -> TokenizedText {
        var text = text
        return text.withUTF8 { utf8 in
            var pass = TokenizationPass(text: utf8, tokenizer: self, scratch: pool.take())
            added.originalMatcher.forEachSegment(in: utf8) { pass.append($0) }
            let output = pass.output
            pool.give(pass.endScratch())
            return output
        }
    }
}
