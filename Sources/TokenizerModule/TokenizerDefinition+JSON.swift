import FileModule

extension TokenizerDefinition {
    /// Reads `tokenizer.json`.
    ///
    /// Elements and keys that could change the tokens and are not known are errors; `truncation` and `padding`
    /// are ignored, `decoder` is only checked.
    init(json bytes: [UInt8], file: String) throws(TokenizerError) {
        self.init(file: file)
        var reader = try JSONReader(bytes: bytes, file: file)
        var template: SequenceTemplate?
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
            case "normalizer": normalization = try BertNormalizer.Options(&reader)
            case "pre_tokenizer":
                try reader.readElement(key, ["BertPreTokenizer": []]) { _, _ throws(TokenizerError) in }
            case "post_processor": template = try SequenceTemplate(&reader)
            case "decoder":
                if try reader.readNull() { return }
                try reader.readElement(key, ["WordPiece": ["prefix", "cleanup"]]) {
                    (reader, _) throws(TokenizerError) in try reader.skipValue()
                }
            case "model": try readModel(&reader)
            default: throw .unknownField(file: file, field: key)
            }
        }
        try reader.finish()
        for key in ["normalizer", "pre_tokenizer", "post_processor", "model"] where !found.contains(key) {
            throw .missingField(file: file, field: key)
        }
        if let template {
            specialTokens.classifier = template.classifier
            specialTokens.separator = template.separator
        }
    }

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

    private mutating func readModel(_ reader: inout JSONReader) throws(TokenizerError) {
        var missing: Set = [
            "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab",
        ]
        // Files of the first versions have no type; the fields above are what tells a WordPiece model then.
        try reader.readFields(of: "model") { (reader, key) throws(TokenizerError) in
            missing.remove(key)
            switch key {
            case "type":
                let type = try reader.readString()
                if type != "WordPiece" {
                    throw .unsupportedElement(file: reader.file, element: "model", type: type)
                }
            case "unk_token": specialTokens.unknown = try reader.readString()
            case "continuing_subword_prefix": continuationPrefix = try reader.readString()
            case "max_input_chars_per_word":
                maximumWordScalars = try reader.readInteger()
                if maximumWordScalars < 0 {
                    throw .invalidValue(
                        file: reader.file,
                        field: "model.max_input_chars_per_word",
                        problem: "is \(maximumWordScalars), but must not be negative"
                    )
                }
            case "vocab": try readVocabulary(&reader)
            default: throw .unknownField(file: reader.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() { throw .missingField(file: reader.file, field: "model.\(field)") }
    }

    private mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
        try reader.read { (parser) throws(JSONSyntaxError) in
            try parser.beginObject()
            while true {
                let start = vocabularyBytes.count
                guard try parser.nextKey(appendingTo: &vocabularyBytes) else { return }
                let end = vocabularyBytes.count
                vocabularyEntries.append(
                    Vocabulary.Entry(start: start, count: end - start, id: try parser.integer())
                )
            }
        }
    }
}
