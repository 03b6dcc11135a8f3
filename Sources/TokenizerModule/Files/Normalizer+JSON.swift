import FileModule

extension Normalizer {
    /// Reads the element `normalizer`; none when it is null.
    ///
    /// - Throws: also `unsupportedElement` for what is not one of these, or for BERT's anywhere but at the front.
    static func read(_ parser: inout JSONParser) throws -> [Normalizer] {
        if try parser.null() { return [] }
        var normalizers: [Normalizer] = []
        try read(&parser, into: &normalizers)
        for case .bert in normalizers.dropFirst() {
            throw TokenizerError.unsupportedElement(
                file: parser.file,
                element: "normalizer",
                type: "BertNormalizer after another normalizer"
            )
        }
        return normalizers
    }

    private static let known = [
        "BertNormalizer": ["clean_text", "handle_chinese_chars", "strip_accents", "lowercase"],
        "NFC": [], "NFD": [], "NFKC": [], "NFKD": [], "Lowercase": [], "StripAccents": [],
        "Strip": ["strip_left", "strip_right"], "Replace": ["pattern", "content"], "Prepend": ["prepend"],
        "Precompiled": ["precompiled_charsmap"], "Sequence": ["normalizers"],
    ]

    private static func read(
        _ parser: inout JSONParser,
        into normalizers: inout [Normalizer]
    ) throws {
        var bert = BertNormalizer.Options()
        var (stripsLeft, stripsRight) = (false, false)
        var pattern: TextReplacement.Pattern?
        var text = ""
        var members: [Normalizer] = []
        var missing = Set<String>()
        let type = try parser.readElement("normalizer", known, missing: &missing) {
            parser,
            key in
            switch key {
            case "clean_text": bert.cleansText = try parser.bool()
            case "handle_chinese_chars": bert.spacesIdeographs = try parser.bool()
            case "lowercase": bert.lowercases = try parser.bool()
            case "strip_accents":
                bert.stripsAccents = try parser.readOptional { parser in
                    try parser.bool()
                }
            case "strip_left": stripsLeft = try parser.bool()
            case "strip_right": stripsRight = try parser.bool()
            case "pattern": pattern = try TextReplacement.Pattern(&parser)
            case "content", "prepend", "precompiled_charsmap": text = try parser.string()
            default:
                try parser.readElements { parser in
                    try read(&parser, into: &members)
                }
            }
        }
        missing.remove("strip_accents")
        if let field = missing.min() {
            throw TokenizerError.missingField(file: parser.file, field: "normalizer.\(field)")
        }
        switch type {
        case "BertNormalizer": normalizers.append(.bert(BertNormalizer(options: bert)))
        case "NFC": normalizers.append(.unicode(UnicodeForm(isCompatible: false, composes: true)))
        case "NFD": normalizers.append(.unicode(UnicodeForm(isCompatible: false, composes: false)))
        case "NFKC": normalizers.append(.unicode(UnicodeForm(isCompatible: true, composes: true)))
        case "NFKD": normalizers.append(.unicode(UnicodeForm(isCompatible: true, composes: false)))
        case "Lowercase": normalizers.append(.lowercase)
        case "StripAccents": normalizers.append(.stripAccents)
        case "Strip": normalizers.append(.strip(left: stripsLeft, right: stripsRight))
        case "Replace":
            let pattern = try required(pattern, "normalizer.pattern", in: parser.file)
            normalizers.append(.replace(TextReplacement(pattern: pattern, content: Array(text.utf8))))
        case "Prepend": normalizers.append(.prepend(Array(text.utf8)))
        case "Precompiled":
            let field = "normalizer.precompiled_charsmap"
            guard let bytes = Base64.decode(text) else {
                throw TokenizerError.invalidValue(file: parser.file, field: field, problem: "is not base64")
            }
            normalizers.append(.precompiled(try CharacterMap(bytes, file: parser.file, field: field)))
        default: normalizers += members
        }
    }
}

extension TextReplacement.Pattern {
    /// Reads `{"String":"``"}` or `{"Regex":" {2,}"}`.
    fileprivate init(_ parser: inout JSONParser) throws {
        let file = parser.file
        var pattern: Self?
        try parser.readFields(of: "normalizer.pattern") { parser, key in
            let text = try parser.string()
            switch key {
            case "String" where !text.isEmpty: pattern = .literal(Array(text.utf8))
            case "Regex" where text == " {2,}": pattern = .spaces
            case "String", "Regex":
                throw TokenizerError.unsupportedElement(
                    file: file,
                    element: "normalizer.pattern.\(key)",
                    type: text
                )
            default: throw TokenizerError.unknownField(file: file, field: "normalizer.pattern.\(key)")
            }
        }
        self = try required(pattern, "normalizer.pattern", in: file)
    }
}
