import FileModule

extension TokenizerDefinition {
    /// Reads the element `model`.
    mutating func readModel(_ parser: inout JSONParser) throws {
        guard try parser.peekKind() == .object else { throw parser.unexpected("an object") }
        let type = try parser.peekType() ?? Self.untypedModel(parser)
        switch type {
        case "WordPiece": try readWordPiece(&parser)
        case "BPE": try readBytePairs(&parser)
        case "Unigram": try readUnigram(&parser)
        default: throw TokenizerError.unsupportedElement(file: parser.file, element: "model", type: type)
        }
    }

    /// The type of a model that does not say it, as in files of 2020: Hugging Face tries all of them for what fits the fields.
    private static func untypedModel(_ parser: JSONParser) throws -> String {
        var parser = parser
        var (hasMerges, hasUnknownID, hasScores) = (false, false, false)
        try parser.readFields(of: "model") { parser, key in
            switch key {
            case "merges": hasMerges = true
            case "unk_id": hasUnknownID = true
            case "vocab": hasScores = try parser.peekKind() == .array
            default: break
            }
            try parser.skipValue()
        }
        return hasMerges ? "BPE" : hasUnknownID || hasScores ? "Unigram" : "WordPiece"
    }

    private mutating func readWordPiece(_ parser: inout JSONParser) throws {
        var missing: Set = [
            "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab",
        ]
        var prefix = ""
        var maximum = 0
        try parser.readFields(of: "model") { parser, key in
            missing.remove(key)
            switch key {
            case "type": try parser.skipValue()
            case "unk_token": specialTokens.unknown = try parser.string()
            case "continuing_subword_prefix": prefix = try parser.string()
            case "max_input_chars_per_word":
                maximum = try parser.integer()
                if maximum < 0 {
                    throw TokenizerError.invalidValue(
                        file: parser.file,
                        field: "model.max_input_chars_per_word",
                        problem: "is \(maximum), but must not be negative"
                    )
                }
            case "vocab": try readVocabulary(&parser)
            default: throw TokenizerError.unknownField(file: parser.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() {
            throw TokenizerError.missingField(file: parser.file, field: "model.\(field)")
        }
        model = .wordPiece(continuationPrefix: prefix, maximumWordScalars: maximum)
    }

    /// A byte-level vocabulary has a token for every byte, so what is said of unknown tokens changes nothing.
    private mutating func readBytePairs(_ parser: inout JSONParser) throws {
        specialTokens = .roberta
        var missing: Set = ["vocab", "merges"]
        var merges = MergeList()
        var ignoresMerges = false
        try parser.readFields(of: "model") { parser, key in
            missing.remove(key)
            switch key {
            case "type", "fuse_unk", "byte_fallback": try parser.skipValue()
            case "unk_token":
                let unknown = try parser.readOptional { parser in
                    try parser.string()
                }
                if let unknown { specialTokens.unknown = unknown }
            case "dropout", "continuing_subword_prefix", "end_of_word_suffix":
                if try parser.null() { return }
                let kind = try parser.peekKind()
                guard key != "dropout", kind == .string, try parser.string().isEmpty else {
                    throw TokenizerError.unsupportedElement(
                        file: parser.file,
                        element: "model.\(key)",
                        type: kind.rawValue
                    )
                }
            case "ignore_merges": ignoresMerges = try parser.bool()
            case "vocab": try readVocabulary(&parser)
            case "merges": merges = try MergeList(&parser)
            default: throw TokenizerError.unknownField(file: parser.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() {
            throw TokenizerError.missingField(file: parser.file, field: "model.\(field)")
        }
        model = .bytePairs(merges, ignoresMerges: ignoresMerges)
    }

    private mutating func readUnigram(_ parser: inout JSONParser) throws {
        specialTokens = .albert
        var missing: Set = ["unk_id", "vocab"]
        var unigram = UnigramDefinition()
        try parser.readFields(of: "model") { parser, key in
            missing.remove(key)
            switch key {
            case "type": try parser.skipValue()
            case "unk_id":
                unigram.unknownID = try parser.readOptional { parser in
                    try parser.integer()
                }
            case "byte_fallback": unigram.fallsBackToBytes = try parser.bool()
            case "vocab": unigram.scores = try readScoredVocabulary(&parser)
            default: throw TokenizerError.unknownField(file: parser.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() {
            throw TokenizerError.missingField(file: parser.file, field: "model.\(field)")
        }
        model = .unigram(unigram)
        if let unknown = unigram.unknownID, vocabularyEntries.indices.contains(unknown) {
            let entry = vocabularyEntries[unknown]
            let bytes = vocabularyBytes[entry.start..<entry.start + entry.count]
            specialTokens.unknown = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Reads `{"token":0}`.
    mutating func readVocabulary(_ parser: inout JSONParser) throws(JSONSyntaxError) {
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

    /// Reads `[["piece",-3.5]]`, in the order of ids.
    private mutating func readScoredVocabulary(
        _ parser: inout JSONParser
    ) throws -> [Double] {
        var scores: [Double] = []
        try parser.readElements { parser in
            let start = vocabularyBytes.count
            let (_, score) = try parser.readPair("a piece and its score") {
                parser in
                try parser.string(appendingTo: &vocabularyBytes)
            } _: { parser in
                try parser.double()
            }
            vocabularyEntries.append(
                Vocabulary.Entry(start: start, count: vocabularyBytes.count - start, id: scores.count)
            )
            scores.append(score)
        }
        return scores
    }
}
