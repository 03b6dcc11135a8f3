extension Normalizer {
    /// Reads the element `normalizer`; none when it is null.
    ///
    /// - Throws: also `unsupportedElement` for what is not one of these, or for BERT's anywhere but at the front.
    static func read(_ reader: inout JSONReader) throws(TokenizerError) -> [Normalizer] {
        if try reader.readNull() { return [] }
        var normalizers: [Normalizer] = []
        try read(&reader, into: &normalizers)
        for case .bert in normalizers.dropFirst() {
            throw .unsupportedElement(
                file: reader.file,
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
        _ reader: inout JSONReader,
        into normalizers: inout [Normalizer]
    ) throws(TokenizerError) {
        var bert = BertNormalizer.Options()
        var (stripsLeft, stripsRight) = (false, false)
        var pattern: TextReplacement.Pattern?
        var text = ""
        var members: [Normalizer] = []
        var missing = Set<String>()
        let type = try reader.readElement("normalizer", known, missing: &missing) {
            (reader, key) throws(TokenizerError) in
            switch key {
            case "clean_text": bert.cleansText = try reader.readBool()
            case "handle_chinese_chars": bert.spacesIdeographs = try reader.readBool()
            case "lowercase": bert.lowercases = try reader.readBool()
            case "strip_accents":
                bert.stripsAccents = try reader.readOptional { (reader) throws(TokenizerError) in
                    try reader.readBool()
                }
            case "strip_left": stripsLeft = try reader.readBool()
            case "strip_right": stripsRight = try reader.readBool()
            case "pattern": pattern = try TextReplacement.Pattern(&reader)
            case "content", "prepend", "precompiled_charsmap": text = try reader.readString()
            default:
                try reader.readElements { (reader) throws(TokenizerError) in
                    try read(&reader, into: &members)
                }
            }
        }
        missing.remove("strip_accents")
        if let field = missing.min() {
            throw .missingField(file: reader.file, field: "normalizer.\(field)")
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
            let pattern = try required(pattern, "normalizer.pattern", in: reader.file)
            normalizers.append(.replace(TextReplacement(pattern: pattern, content: Array(text.utf8))))
        case "Prepend": normalizers.append(.prepend(Array(text.utf8)))
        case "Precompiled":
            let field = "normalizer.precompiled_charsmap"
            guard let bytes = Base64.decode(text) else {
                throw .invalidValue(file: reader.file, field: field, problem: "is not base64")
            }
            normalizers.append(.precompiled(try CharacterMap(bytes, file: reader.file, field: field)))
        default: normalizers += members
        }
    }
}

extension TextReplacement.Pattern {
    /// Reads `{"String":"``"}` or `{"Regex":" {2,}"}`.
    fileprivate init(_ reader: inout JSONReader) throws(TokenizerError) {
        let file = reader.file
        var pattern: Self?
        try reader.readFields(of: "normalizer.pattern") { (reader, key) throws(TokenizerError) in
            let text = try reader.readString()
            switch key {
            case "String" where !text.isEmpty: pattern = .literal(Array(text.utf8))
            case "Regex" where text == " {2,}": pattern = .spaces
            case "String", "Regex":
                throw .unsupportedElement(file: file, element: "normalizer.pattern.\(key)", type: text)
            default: throw .unknownField(file: file, field: "normalizer.pattern.\(key)")
            }
        }
        self = try required(pattern, "normalizer.pattern", in: file)
    }
}
