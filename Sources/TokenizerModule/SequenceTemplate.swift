/// What a post-processor puts around the sequences.
///
/// Only BERT's layout is supported, as that is what windows
/// are built in: `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` with token types 0 0 0 1 1.
struct SequenceTemplate: Equatable {
    var classifier: String
    var separator: String

    /// One part of a template.
    private struct Piece: Equatable {
        /// A special token, or `A` or `B` where `isSequence`.
        var name: String
        var isSequence: Bool
        var type: Int
    }

    /// Reads the element `post_processor`; nil when it is null.
    init?(_ reader: inout JSONReader) throws(TokenizerError) {
        if try reader.readNull() { return nil }
        var single: [Piece] = []
        var pair: [Piece] = []
        var classifier: String?
        var separator: String?
        try reader.readElement(
            "post_processor",
            ["TemplateProcessing": ["single", "pair", "special_tokens"], "BertProcessing": ["sep", "cls"]]
        ) { (reader, key) throws(TokenizerError) in
            switch key {
            case "single": single = try Self.readPieces(&reader)
            case "pair": pair = try Self.readPieces(&reader)
            case "sep": separator = try Self.readTokenAndID(&reader)
            case "cls": classifier = try Self.readTokenAndID(&reader)
            default: try reader.skipValue()
            }
        }
        if classifier != nil || separator != nil {
            self.classifier = try required(classifier, "post_processor.cls", in: reader.file)
            self.separator = try required(separator, "post_processor.sep", in: reader.file)
            return
        }
        guard single.count == 3, let first = single.first, let last = single.last else {
            throw Self.unsupported(single, "single", reader.file)
        }
        self.classifier = first.name
        self.separator = last.name
        let question = [
            Piece(name: first.name, isSequence: false, type: 0),
            Piece(name: "A", isSequence: true, type: 0),
            Piece(name: last.name, isSequence: false, type: 0),
        ]
        let context = [
            Piece(name: "B", isSequence: true, type: 1), Piece(name: last.name, isSequence: false, type: 1),
        ]
        if single != question { throw Self.unsupported(single, "single", reader.file) }
        if pair != question + context { throw Self.unsupported(pair, "pair", reader.file) }
    }

    private static func unsupported(_ pieces: [Piece], _ field: String, _ file: String) -> TokenizerError {
        let text = pieces.map { "\($0.isSequence ? "$" : "")\($0.name):\($0.type)" }
        return .unsupportedElement(
            file: file,
            element: "post_processor.\(field)",
            type: text.joined(separator: " ")
        )
    }

    /// Reads pieces as `[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]`.
    private static func readPieces(_ reader: inout JSONReader) throws(TokenizerError) -> [Piece] {
        var pieces: [Piece] = []
        try reader.readElements { (reader) throws(TokenizerError) in
            try reader.readFields(of: "post_processor") { (reader, kind) throws(TokenizerError) in
                guard kind == "SpecialToken" || kind == "Sequence" else {
                    throw .unknownField(file: reader.file, field: "post_processor.\(kind)")
                }
                var name: String?
                var type: Int?
                try reader.readFields(of: kind) { (reader, key) throws(TokenizerError) in
                    switch key {
                    case "id": name = try reader.readString()
                    case "type_id": type = try reader.readInteger()
                    default:
                        throw .unknownField(file: reader.file, field: "post_processor.\(kind).\(key)")
                    }
                }
                pieces.append(
                    Piece(
                        name: try required(name, "post_processor.\(kind).id", in: reader.file),
                        isSequence: kind == "Sequence",
                        type: try required(type, "post_processor.\(kind).type_id", in: reader.file)
                    )
                )
            }
        }
        return pieces
    }

    /// Reads a token and its id as `["[SEP]", 102]`.
    private static func readTokenAndID(_ reader: inout JSONReader) throws(TokenizerError) -> String {
        try reader.beginArray()
        guard try reader.nextElement() else { throw reader.unexpected("a token") }
        let token = try reader.readString()
        guard try reader.nextElement() else { throw reader.unexpected("the token's id") }
        _ = try reader.readInteger()
        guard try !reader.nextElement() else {
            throw reader.unexpected("the end of the list")
        }
        return token
    }
}
