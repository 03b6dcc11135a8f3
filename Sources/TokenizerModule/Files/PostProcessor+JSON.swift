import FileModule

/// What the element `post_processor` says.
struct PostProcessor {
    var template: SequenceTemplate
    var trimming: OffsetTrimming?
    /// Whether it is RoBERTa's, the only one that may trim.
    private(set) var canTrim = false
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
    init?(_ parser: inout JSONParser) throws {
        if try parser.null() { return nil }
        var (single, pair): ([Piece], [Piece]) = ([], [])
        var (classifier, separator): (String?, String?)
        var tokenIDs: [(token: String, id: Int)] = []
        var (isTrimming, addsPrefixSpace) = (true, true)
        let type = try parser.readElement(
            "post_processor",
            [
                "TemplateProcessing": ["single", "pair", "special_tokens"], "BertProcessing": ["sep", "cls"],
                "RobertaProcessing": ["sep", "cls", "trim_offsets", "add_prefix_space"],
            ]
        ) { parser, key in
            switch key {
            case "single": single = try Self.readPieces(&parser)
            case "pair": pair = try Self.readPieces(&parser)
            case "sep", "cls":
                let token = try Self.readTokenAndID(&parser)
                tokenIDs.append(token)
                if key == "sep" { separator = token.token } else { classifier = token.token }
            case "trim_offsets": isTrimming = try parser.bool()
            case "add_prefix_space": addsPrefixSpace = try parser.bool()
            default: tokenIDs = try Self.readSpecialTokens(&parser)
            }
        }
        self.tokenIDs = tokenIDs
        if type == "TemplateProcessing" {
            template = try Self.template(single, pair, file: parser.file)
            let known = tokenIDs.map { Array($0.token.utf8) }
            for piece in pair where !piece.isSequence && !known.contains(Array(piece.name.utf8)) {
                let field = "post_processor.special_tokens.\(piece.name)"
                throw TokenizerError.missingField(file: parser.file, field: field)
            }
            return
        }
        let first = try required(classifier, "post_processor.cls", in: parser.file)
        let last = try required(separator, "post_processor.sep", in: parser.file)
        if type == "BertProcessing" {
            template = .bert(classifier: first, separator: last)
        } else {
            template = .roberta(classifier: first, separator: last)
            canTrim = true
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
    private static func readPieces(_ parser: inout JSONParser) throws -> [Piece] {
        var pieces: [Piece] = []
        try parser.readElements { parser in
            try parser.readFields(of: "post_processor") { parser, kind in
                guard kind == "SpecialToken" || kind == "Sequence" else {
                    throw TokenizerError.unknownField(file: parser.file, field: "post_processor.\(kind)")
                }
                var name: String?
                var type: Int?
                try parser.readFields(of: kind) { parser, key in
                    switch key {
                    case "id": name = try parser.string()
                    case "type_id": type = try parser.integer()
                    default:
                        throw TokenizerError.unknownField(
                            file: parser.file,
                            field: "post_processor.\(kind).\(key)"
                        )
                    }
                }
                pieces.append(
                    Piece(
                        name: try required(name, "post_processor.\(kind).id", in: parser.file),
                        isSequence: kind == "Sequence",
                        type: try required(type, "post_processor.\(kind).type_id", in: parser.file)
                    )
                )
            }
        }
        return pieces
    }

    /// Reads `{"[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}`; several ids for one are not supported.
    private static func readSpecialTokens(
        _ parser: inout JSONParser
    ) throws -> [(token: String, id: Int)] {
        let name = "post_processor.special_tokens"
        var tokenIDs: [(token: String, id: Int)] = []
        try parser.readFields(of: name) { parser, token in
            let file = parser.file
            var ids: [Int] = []
            try parser.readFields(of: "\(name).\(token)") { parser, key in
                switch key {
                case "ids":
                    try parser.readElements { parser in
                        ids.append(try parser.integer())
                    }
                case "id", "tokens": try parser.skipValue()
                default: throw TokenizerError.unknownField(file: file, field: "\(name).\(token).\(key)")
                }
            }
            guard ids.count == 1 else {
                throw TokenizerError.unsupportedElement(
                    file: file,
                    element: name,
                    type: "\(token) with \(ids.count) ids"
                )
            }
            tokenIDs.append((token, ids[0]))
        }
        return tokenIDs
    }

    /// Reads a token and its id as `["[SEP]", 102]`.
    private static func readTokenAndID(
        _ parser: inout JSONParser
    ) throws -> (token: String, id: Int) {
        let (token, id) = try parser.readPair("a token and its id") { parser in
            try parser.string()
        } _: { parser in
            try parser.integer()
        }
        return (token, id)
    }
}
