extension BertNormalizer.Options {
    /// Reads the element `normalizer`.
    init(_ reader: inout JSONReader) throws(TokenizerError) {
        self.init()
        var missing: Set = ["clean_text", "handle_chinese_chars", "lowercase"]
        let fields = missing.union(["strip_accents"])
        try reader.readElement("normalizer", ["BertNormalizer": Array(fields)]) {
            (reader, key) throws(TokenizerError) in
            missing.remove(key)
            switch key {
            case "clean_text": cleansText = try reader.readBool()
            case "handle_chinese_chars": spacesIdeographs = try reader.readBool()
            case "lowercase": lowercases = try reader.readBool()
            default:
                stripsAccents = try reader.readOptional { (reader) throws(TokenizerError) in
                    try reader.readBool()
                }
            }
        }
        if let field = missing.min() {
            throw .missingField(file: reader.file, field: "normalizer.\(field)")
        }
    }
}
