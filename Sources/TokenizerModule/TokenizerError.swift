import FileModule

/// Why a tokenizer could not be loaded.
///
/// Every case names the file and what is wrong in it.
public enum TokenizerError: Error, Equatable, Sendable {
    /// The directory has none of the files that a tokenizer can be read from, or is no directory.
    case noTokenizerFiles(directory: String)
    /// The file is there but cannot be read.
    case unreadableFile(file: String, reason: String)
    /// The file is not UTF-8 from this byte on.
    case invalidUTF8(file: String, byteOffset: Int)
    /// The file is not JSON, or a value has another JSON type than expected.
    case malformedJSON(file: String, byteOffset: Int, problem: String)
    /// A required key is absent.
    case missingField(file: String, field: String)
    /// A key stands twice in one object.
    case duplicateField(file: String, field: String)
    /// A key that may change the tokens and that this version does not know.
    case unknownField(file: String, field: String)
    /// A normalizer, pre-tokenizer, model, post-processor, decoder or tokenizer class that is not supported.
    case unsupportedElement(file: String, element: String, type: String)
    /// A value that is out of the range that its key allows.
    case invalidValue(file: String, field: String, problem: String)
    /// The same token stands twice in the vocabulary.
    case duplicateToken(file: String, token: String)
    /// Two tokens have this id.
    case duplicateID(file: String, id: Int)
    /// Ids must be 0 ..< count; this one has no token.
    case missingID(file: String, id: Int)
    /// Ids must be in 0 ..< 2^31.
    case idOutOfRange(file: String, id: Int)
    /// The token that plays this role is not in the vocabulary.
    case missingSpecialToken(file: String, role: String, token: String)
    /// An added token has another id than the same token in the vocabulary.
    case addedTokenMismatch(file: String, token: String, addedID: Int, vocabularyID: Int)
    /// An added token that is empty, or that the normalizer empties, would match everywhere.
    case emptyAddedToken(file: String, token: String)
    /// A byte-level vocabulary must have a token for each byte.
    case missingByteToken(file: String, byte: UInt8)
    /// A line that is not a merge: two tokens with one space between them.
    case malformedMerge(file: String, line: Int)
    /// A token of a merge, or what it gives, is not in the vocabulary.
    case unknownMergeToken(file: String, rank: Int, token: String)
    /// A pair of tokens is merged twice.
    case duplicateMerge(file: String, rank: Int)
    /// The bytes are not the protocol buffer that they should be.
    case malformedProtobuf(file: String, byteOffset: Int, problem: String)
}

extension TokenizerError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it, in one line.
    public var description: String {
        switch self {
        case .noTokenizerFiles(let directory):
            "\(directory): no tokenizer.json, vocab.txt, vocab.json, spiece.model, spm.model or sentencepiece.bpe.model in it; give a Hugging Face checkpoint directory"
        case .unreadableFile(let file, let reason):
            "\(file): cannot be read: \(reason); give a readable file"
        case .invalidUTF8(let file, let byteOffset):
            "\(file): byte \(byteOffset) is not UTF-8; save or download the file again"
        case .malformedJSON(let file, let byteOffset, let problem):
            "\(file): byte \(byteOffset): \(problem); download the file again"
        case .missingField(let file, let field):
            "\(file): \(JSONText.quoted(field)) is missing; save the tokenizer again with Hugging Face tokenizers"
        case .duplicateField(let file, let field):
            "\(file): \(JSONText.quoted(field)) stands twice; remove one of them"
        case .unknownField(let file, let field):
            "\(file): \(JSONText.quoted(field)) is not known; remove it if it does not change the tokens"
        case .unsupportedElement(let file, let element, let type):
            "\(file): \(element) \(JSONText.quoted(type)) is not supported; use a checkpoint with the tokenizer of BERT, RoBERTa, ALBERT, XLM-RoBERTa, CamemBERT, MPNet or DeBERTa"
        case .invalidValue(let file, let field, let problem):
            "\(file): \(JSONText.quoted(field)) \(problem); correct it"
        case .duplicateToken(let file, let token):
            "\(file): token \(JSONText.quoted(token)) stands twice in the vocabulary; remove one of them"
        case .duplicateID(let file, let id):
            "\(file): two tokens have id \(id); give every token its own"
        case .missingID(let file, let id):
            "\(file): no token has id \(id); ids must be 0 to the number of tokens minus 1"
        case .idOutOfRange(let file, let id):
            "\(file): token id \(id) is not in 0 ..< 2147483648; correct it"
        case .missingSpecialToken(let file, let role, let token):
            "\(file): the \(role) token \(JSONText.quoted(token)) is not in the vocabulary; add it"
        case .addedTokenMismatch(let file, let token, let addedID, let vocabularyID):
            "\(file): added token \(JSONText.quoted(token)) has id \(addedID), but should have \(vocabularyID); correct it"
        case .emptyAddedToken(let file, let token):
            "\(file): added token \(JSONText.quoted(token)) is empty after normalization; remove it"
        case .missingByteToken(let file, let byte):
            "\(file): no token for the byte \(byte); give a byte-level vocabulary"
        case .malformedMerge(let file, let line):
            "\(file): line \(line) is not two tokens with a space between them; correct it"
        case .unknownMergeToken(let file, let rank, let token):
            "\(file): merge \(rank) has token \(JSONText.quoted(token)), which is not in the vocabulary; add it"
        case .duplicateMerge(let file, let rank):
            "\(file): merge \(rank) stands there before; remove one of them"
        case .malformedProtobuf(let file, let byteOffset, let problem):
            "\(file): byte \(byteOffset): \(problem); download the file again"
        }
    }
}
