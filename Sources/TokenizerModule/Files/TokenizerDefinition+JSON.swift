extension TokenizerDefinition {
    /// Reads `tokenizer.json`.
    ///
    /// Elements and keys that could change the tokens and are not known are errors; `truncation` and `padding`
    /// are ignored, `decoder` is only checked.
    init(json bytes: [UInt8], file: String) throws(TokenizerError) {
        self.init(file: file)
        var reader = try JSONReader(bytes: bytes, file: file)
        var processor: PostProcessor?
        var found: Set<String> = []
        try reader.readFields(of: "") { (reader, key) throws(TokenizerError) in
            found.insert(key)
            switch key {
            case "version":
                let version = try reader.readString()
                if version != "1.0" {
                    throw .unsupportedElement(file: file, element: "version", type: version)
                }
            case "truncation", "padding": try reader.skipValue()
            case "added_tokens": try readAddedTokens(&reader)
            case "normalizer": normalizers = try Normalizer.read(&reader)
            case "pre_tokenizer": preTokenizers = try PreTokenizer.read(&reader)
            case "post_processor": processor = try PostProcessor(&reader)
            case "decoder":
                if try reader.readNull() { return }
                try reader.readElement(key, Self.decoders) { (reader, _) throws(TokenizerError) in
                    try reader.skipValue()
                }
            case "model": try readModel(&reader)
            default: throw .unknownField(file: file, field: key)
            }
        }
        try reader.finish()
        for key in ["normalizer", "pre_tokenizer", "post_processor", "model"] where !found.contains(key) {
            throw .missingField(file: file, field: key)
        }
        if let processor {
            template = processor.template
            trimming = processor.trimming
            templateIDs = processor.tokenIDs
            specialTokens.classifier = processor.template.beforeQuestion[0]
            specialTokens.separator = processor.template.afterContext[0]
        }
    }

    private static let decoders = [
        "WordPiece": ["prefix", "cleanup"],
        "ByteLevel": ["add_prefix_space", "trim_offsets", "use_regex"],
        "Metaspace": ["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"],
    ]

    private mutating func readAddedTokens(_ reader: inout JSONReader) throws(TokenizerError) {
        try reader.readElements { (reader) throws(TokenizerError) in
            var token = AddedToken(content: "")
            var missing: Set = [
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ]
            try reader.readFields(of: "added_tokens") { (reader, key) throws(TokenizerError) in
                missing.remove(key)
                if key == "id" {
                    token.id = try reader.readInteger()
                } else if try !token.readField(key, &reader) {
                    throw .unknownField(file: reader.file, field: "added_tokens.\(key)")
                }
            }
            if let field = missing.min() {
                throw .missingField(file: reader.file, field: "added_tokens.\(field)")
            }
            addedTokens.append(token)
        }
    }
}
