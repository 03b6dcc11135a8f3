import FileModule

extension TokenizerDefinition {
    /// Reads `tokenizer.json`.
    ///
    /// Elements and keys that could change the tokens and are not known are errors; `truncation` and `padding`
    /// are ignored, `decoder` is only checked.
    init(json bytes: [UInt8], file: String) throws(TokenizerError) {
        self.init(file: file)
        try TokenizerError.naming(file) { try read(bytes) }
    }

    private mutating func read(_ json: [UInt8]) throws {
        var parser = try JSONParser(json, file: file)
        var processor: PostProcessor?
        var found: Set<String> = []
        try parser.readFields(of: "") { parser, key in
            found.insert(key)
            switch key {
            case "version":
                let version = try parser.string()
                if version != "1.0" {
                    throw TokenizerError.unsupportedElement(file: file, element: "version", type: version)
                }
            case "truncation", "padding": try parser.skipValue()
            case "added_tokens": try readAddedTokens(&parser)
            case "normalizer": normalizers = try Normalizer.read(&parser)
            case "pre_tokenizer": preTokenizers = try PreTokenizer.read(&parser)
            case "post_processor": processor = try PostProcessor(&parser)
            case "decoder":
                if try parser.null() { return }
                try parser.readElement(key, Self.decoders) { parser, _ in
                    try parser.skipValue()
                }
            case "model": try readModel(&parser)
            default: throw TokenizerError.unknownField(file: file, field: key)
            }
        }
        try parser.finish()
        for key in ["normalizer", "pre_tokenizer", "post_processor", "model"] where !found.contains(key) {
            throw TokenizerError.missingField(file: file, field: key)
        }
        if let processor {
            template = processor.template
            trimming = processor.trimming
            canTrim = processor.canTrim
            templateIDs = processor.tokenIDs
            specialTokens.classifier = processor.template.beforeQuestion[0]
            specialTokens.separator = processor.template.afterContext[0]
            // ALBERT's padding, which is the usual one of its kind of model, is not DeBERTa's.
            func isAdded(_ token: String) -> Bool { addedTokens.contains { $0.content == token } }
            let bert = SpecialTokens()
            if case .unigram = model, !isAdded(specialTokens.padding), isAdded(bert.padding) {
                specialTokens.padding = bert.padding
            }
            if case .wordPiece = model, specialTokens.classifier == SpecialTokens.mpnet.classifier {
                specialTokens.padding = SpecialTokens.mpnet.padding
                specialTokens.mask = SpecialTokens.mpnet.mask
            }
        }
    }

    private static let decoders = [
        "WordPiece": ["prefix", "cleanup"],
        "ByteLevel": ["add_prefix_space", "trim_offsets", "use_regex"],
        "Metaspace": ["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"],
    ]

    private mutating func readAddedTokens(_ parser: inout JSONParser) throws {
        try parser.readElements { parser in
            var token = AddedToken(content: "")
            var missing: Set = [
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ]
            try parser.readFields(of: "added_tokens") { parser, key in
                missing.remove(key)
                if key == "id" {
                    token.id = try parser.integer()
                } else if try !token.readField(key, &parser) {
                    throw TokenizerError.unknownField(file: parser.file, field: "added_tokens.\(key)")
                }
            }
            if let field = missing.min() {
                throw TokenizerError.missingField(file: parser.file, field: "added_tokens.\(field)")
            }
            addedTokens.append(token)
        }
    }
}
