import FileModule

/// What is needed of SentencePiece's `ModelProto`.
struct SentencePieceModel {
    /// A kind of piece, as `SentencePiece.Type` numbers them.
    enum Kind: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// One piece: its text lies in the file.
    struct Piece {
        var text: Range<Int>
        var score: Float
        var kind: Kind
    }

    /// By id.
    private(set) var pieces: [Piece] = []
    private(set) var unknownID = 0
    /// Where the precompiled normalization rules lie in the file; empty when it has none.
    private(set) var characterMap = 0..<0
    private var isUnigram = true

    /// Reads a file.
    ///
    /// - Throws: `malformedProtobuf`, and `unsupportedElement` for a model that is not a Unigram model.
    init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, bytes.indices, file: file)
        while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (1, .bytes(let range)):
                pieces.append(try Self.piece(ProtobufReader(bytes, range, file: file), bytes))
            case (2, .bytes(let range)): try readTrainer(ProtobufReader(bytes, range, file: file))
            case (3, .bytes(let range)): try readNormalizer(ProtobufReader(bytes, range, file: file))
            case (1...3, _): throw reader.malformed("field \(field.number) is not a message")
            default: break
            }
        }
        guard isUnigram else {
            throw .unsupportedElement(file: file, element: "trainer_spec.model_type", type: "not UNIGRAM")
        }
    }

    private static func piece(
        _ reader: consuming ProtobufReader,
        _ bytes: [UInt8]
    ) throws(TokenizerError) -> Piece {
        var text: Range<Int>?
        var piece = Piece(text: 0..<0, score: 0, kind: .normal)
        while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (1, .bytes(let range)): text = range
            case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .integer(let number)):
                guard let kind = Kind(rawValue: number) else {
                    throw reader.malformed("a piece of type \(number)")
                }
                piece.kind = kind
            case (1...3, _): throw reader.malformed("field \(field.number) of a piece has another type")
            default: break
            }
        }
        guard let text, Array(bytes[text]).firstInvalidUTF8Offset == nil else {
            throw reader.malformed("a piece without text in UTF-8")
        }
        piece.text = text
        return piece
    }

    private mutating func readTrainer(_ reader: consuming ProtobufReader) throws(TokenizerError) {
        while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (3, .integer(let type)): isUnigram = type == 1
            case (40, .integer(let id)):
                guard let id = Int32(exactly: id) else { throw reader.malformed("unk_id is \(id)") }
                unknownID = Int(id)
            case (3, _), (40, _): throw reader.malformed("field \(field.number) of the trainer is no integer")
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ reader: consuming ProtobufReader) throws(TokenizerError) {
        while let field = try reader.nextField() {
            switch (field.number, field.value) {
            case (2, .bytes(let range)): characterMap = range
            case (2, _): throw reader.malformed("the normalizer's rules are no bytes")
            default: break
            }
        }
    }
}
