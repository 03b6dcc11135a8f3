/// The added tokens of a tokenizer: their ids, and how they are found in a text.
struct AddedVocabulary: Sendable {
    /// Finds the tokens that are looked for as they stand in the original text.
    private(set) var originalMatcher = AddedTokenMatcher()
    /// Finds the tokens that are looked for, normalized, in the normalized text.
    private(set) var normalizedMatcher = AddedTokenMatcher()
    /// Tokens that the vocabulary does not have; their ids follow its own.
    private(set) var appendedTokens: [String] = []
    /// By bytes: Swift holds strings for equal that differ only in how their accents are composed.
    private var ids: [[UInt8]: Int32] = [:]

    /// Gives every added token its id and enters it in its matcher.
    ///
    /// - Throws: `addedTokenMismatch`, `missingSpecialToken`, `emptyAddedToken`.
    init(
        _ definition: TokenizerDefinition,
        vocabulary: Vocabulary,
        normalization: NormalizationPipeline
    ) throws(TokenizerError) {
        for token in definition.addedTokens { try register(token, definition, vocabulary) }
        let special = definition.addedTokens.filter(\.isSpecial)
        for token in special + definition.addedTokens.filter({ !$0.isSpecial }) {
            try enter(token, normalization, file: definition.file)
        }
    }

    /// The id of an added token, nil when there is none of these bytes.
    func id(of token: String) -> Int32? { ids[Array(token.utf8)] }

    private mutating func register(
        _ token: AddedToken,
        _ definition: TokenizerDefinition,
        _ vocabulary: Vocabulary
    ) throws(TokenizerError) {
        let content = Array(token.content.utf8)
        let nextID = vocabulary.count + appendedTokens.count
        let known = ids[content] ?? vocabulary.id(of: token.content)
        if known == nil, token.id == nil {
            throw .missingSpecialToken(
                file: definition.file,
                role: definition.specialTokens.role(of: token.content),
                token: token.content
            )
        }
        guard let id = known ?? Int32(exactly: nextID) else {
            throw .idOutOfRange(file: definition.file, id: nextID)
        }
        if let declared = token.id, declared != Int(id) {
            throw .addedTokenMismatch(
                file: definition.file,
                token: token.content,
                addedID: declared,
                vocabularyID: Int(id)
            )
        }
        if known == nil { appendedTokens.append(token.content) }
        ids[content] = id
    }

    private mutating func enter(
        _ token: AddedToken,
        _ normalization: NormalizationPipeline,
        file: String
    ) throws(TokenizerError) {
        let content = Array(token.content.utf8)
        let form = token.isNormalized ? normalization.normalForm(of: token.content) : content
        guard !form.isEmpty, let id = ids[content] else {
            throw .emptyAddedToken(file: file, token: token.content)
        }
        if token.isNormalized {
            normalizedMatcher.add(token, id: id, form: form)
        } else {
            originalMatcher.add(token, id: id, form: form)
        }
    }
}
