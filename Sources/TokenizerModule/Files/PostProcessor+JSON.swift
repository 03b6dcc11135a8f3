/// What the element `post_processor` says.
struct PostProcessor {
    var template: SequenceTemplate
    var trimming: OffsetTrimming?
    /// Special tokens and the ids that the element gives them, which must be those of the vocabulary.
    private(set) var tokenIDs: [(token: String, id: Int)] = []

    /// One part of a template.
    private struct Piece: Equatable {
        /// A special token, or `A` or `B` where `isSequence`.
        var name: String
        var isSequence: Bool
        var type: Int
    }

    /// Reads the element; nil when it is null.
    init?(_ reader: inout JSONReader) throws(TokenizerError) {
        if try reader.readNull() { return nil }
        var (single, pair): ([Piece], [Piece]) = ([], [])
        var (classifier, separator): (String?, String?)
        var tokenIDs: [(token: String, id: Int)] = []
        var (isTrimming, addsPrefixSpace) = (true, true)
        let type = try reader.readElement(
            "post_processor",
            [
                "TemplateProcessing": ["single", "pair", "special_tokens"], "BertProcessing": ["sep", "cls"],
                "RobertaProcessing": ["sep", "cls", "trim_offsets", "add_prefix_space"],
            ]
        ) { (reader, key) throws(TokenizerError) in
            switch key {
            case "single": single = try Self.readPieces(&reader)
            case "pair": pair = try Self.readPieces(&reader)
            case "sep", "cls":
                let token = try Self.readTokenAndID(&reader)
                tokenIDs.append(token)
                if key == "sep" { separator = token.token } else { classifier = token.token }
            case "trim_offsets": isTrimming = try reader.readBool()
            case "add_prefix_space": addsPrefixSpace = try reader.readBool()
            default: tokenIDs = try Self.readSpecialTokens(&reader)
            }
        }
        self.tokenIDs = tokenIDs
        if type == "TemplateProcessing" {
            template = try Self.template(single, pair, file: reader.file)
            let known = tokenIDs.map { Array($0.token.utf8) }
            for piece in pair where !piece.isSequence && !known.contains(Array(piece.name.utf8)) {
                let field = "post_processor.special_tokens.\(piece.name)"
                throw .missingField(file: reader.file, field: field)
            }
            return
        }
        let first = try required(classifier, "post_processor.cls", in: reader.file)
        let last = try required(separator, "post_processor.sep", in: reader.file)
        if type == "BertProcessing" {
            template = .bert(classifier: first, separator: last)
        } else {
            template = .roberta(classifier: first, separator: last)
            if isTrimming { trimming = OffsetTrimming(addsPrefixSpace: addsPrefixSpace) }
        }
    }

    /// The layout of a pair, which must be one that windows can be built in: A before B, and one token type from
    /// B on, 0 before.
    private static func template(
        _ single: [Piece],
        _ pair: [Piece],
        file: String
    ) throws(TokenizerError) -> SequenceTemplate {
        let sequences = pair.indices.filter { pair[$0].isSequence }
        guard sequences.map({ pair[$0].name }) == ["A", "B"], let a = sequences.first, let b = sequences.last,
            a > 0, b > a + 1, b < pair.count - 1, pair[..<b].allSatisfy({ $0.type == 0 }),
            pair[b...].allSatisfy({ $0.type == pair[b].type }), 0...1 ~= pair[b].type
        else { throw unsupported(pair, "pair", file) }
        let before = pair[..<a]
        let after = pair[(b + 1)...]
        let alone = before + [pair[a]] + after.map { Piece(name: $0.name, isSequence: false, type: 0) }
        guard single == Array(alone) else { throw unsupported(single, "single", file) }
        return SequenceTemplate(
            beforeQuestion: before.map(\.name),
            betweenQuestionAndContext: pair[(a + 1)..<b].map(\.name),
            afterContext: after.map(\.name),
            contextTokenType: Int32(pair[b].type)
        )
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

    /// Reads `{"[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}`; several ids for one are not supported.
    private static func readSpecialTokens(
        _ reader: inout JSONReader
    ) throws(TokenizerError) -> [(token: String, id: Int)] {
        let name = "post_processor.special_tokens"
        var tokenIDs: [(token: String, id: Int)] = []
        try reader.readFields(of: name) { (reader, token) throws(TokenizerError) in
            let file = reader.file
            var ids: [Int] = []
            try reader.readFields(of: "\(name).\(token)") { (reader, key) throws(TokenizerError) in
                switch key {
                case "ids":
                    try reader.readElements { (reader) throws(TokenizerError) in
                        ids.append(try reader.readInteger())
                    }
                case "id", "tokens": try reader.skipValue()
                default: throw .unknownField(file: file, field: "\(name).\(token).\(key)")
                }
            }
            guard ids.count == 1 else {
                throw .unsupportedElement(file: file, element: name, type: "\(token) with \(ids.count) ids")
            }
            tokenIDs.append((token, ids[0]))
        }
        return tokenIDs
    }

    /// Reads a token and its id as `["[SEP]", 102]`.
    private static func readTokenAndID(
        _ reader: inout JSONReader
    ) throws(TokenizerError) -> (token: String, id: Int) {
        let (token, id) = try reader.readPair("a token and its id") { (reader) throws(TokenizerError) in
            try reader.readString()
        } _: { (reader) throws(TokenizerError) in
            try reader.readInteger()
        }
        return (token, id)
    }
}
