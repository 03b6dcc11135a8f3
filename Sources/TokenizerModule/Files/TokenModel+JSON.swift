import FileModule

extension TokenizerDefinition {
    /// Reads the element `model`.
    mutating func readModel(_ reader: inout JSONReader) throws(TokenizerError) {
        guard try reader.peekKind() == .object else { throw reader.unexpected("an object") }
        // Files of the first versions have no type; WordPiece is what was there then.
        let type = try reader.peekType() ?? "WordPiece"
        switch type {
        case "WordPiece": try readWordPiece(&reader)
        case "BPE": try readBytePairs(&reader)
        case "Unigram": try readUnigram(&reader)
        default: throw .unsupportedElement(file: reader.file, element: "model", type: type)
        }
    }

    private mutating func readWordPiece(_ reader: inout JSONReader) throws(TokenizerError) {
        var missing: Set = [
            "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab",
        ]
        var prefix = ""
        var maximum = 0
        try reader.readFields(of: "model") { (reader, key) throws(TokenizerError) in
            missing.remove(key)
            switch key {
            case "type": try reader.skipValue()
            case "unk_token": specialTokens.unknown = try reader.readString()
            case "continuing_subword_prefix": prefix = try reader.readString()
            case "max_input_chars_per_word":
                maximum = try reader.readInteger()
                if maximum < 0 {
                    throw .invalidValue(
                        file: reader.file,
                        field: "model.max_input_chars_per_word",
                        problem: "is \(maximum), but must not be negative"
                    )
                }
            case "vocab": try readVocabulary(&reader)
            default: throw .unknownField(file: reader.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() { throw .missingField(file: reader.file, field: "model.\(field)") }
        model = .wordPiece(continuationPrefix: prefix, maximumWordScalars: maximum)
    }

    /// A byte-level vocabulary has a token for every byte, so what is said of unknown tokens changes nothing.
    private mutating func readBytePairs(_ reader: inout JSONReader) throws(TokenizerError) {
        specialTokens = .roberta
        var missing: Set = ["vocab", "merges"]
        var merges = MergeList()
        var ignoresMerges = false
        try reader.readFields(of: "model") { (reader, key) throws(TokenizerError) in
            missing.remove(key)
            switch key {
            case "type", "fuse_unk", "byte_fallback": try reader.skipValue()
            case "unk_token":
                let unknown = try reader.readOptional { (reader) throws(TokenizerError) in
                    try reader.readString()
                }
                if let unknown { specialTokens.unknown = unknown }
            case "dropout", "continuing_subword_prefix", "end_of_word_suffix":
                if try reader.readNull() { return }
                let kind = try reader.peekKind()
                guard key != "dropout", kind == .string, try reader.readString().isEmpty else {
                    throw .unsupportedElement(file: reader.file, element: "model.\(key)", type: kind.rawValue)
                }
            case "ignore_merges": ignoresMerges = try reader.readBool()
            case "vocab": try readVocabulary(&reader)
            case "merges": merges = try MergeList(&reader)
            default: throw .unknownField(file: reader.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() { throw .missingField(file: reader.file, field: "model.\(field)") }
        model = .bytePairs(merges, ignoresMerges: ignoresMerges)
    }

    private mutating func readUnigram(_ reader: inout JSONReader) throws(TokenizerError) {
        specialTokens = .albert
        var missing: Set = ["unk_id", "vocab"]
        var unigram = UnigramDefinition()
        try reader.readFields(of: "model") { (reader, key) throws(TokenizerError) in
            missing.remove(key)
            switch key {
            case "type": try reader.skipValue()
            case "unk_id":
                unigram.unknownID = try reader.readOptional { (reader) throws(TokenizerError) in
                    try reader.readInteger()
                }
            case "byte_fallback": unigram.fallsBackToBytes = try reader.readBool()
            case "vocab": unigram.scores = try readScoredVocabulary(&reader)
            default: throw .unknownField(file: reader.file, field: "model.\(key)")
            }
        }
        if let field = missing.min() { throw .missingField(file: reader.file, field: "model.\(field)") }
        model = .unigram(unigram)
        if let unknown = unigram.unknownID, vocabularyEntries.indices.contains(unknown) {
            let entry = vocabularyEntries[unknown]
            let bytes = vocabularyBytes[entry.start..<entry.start + entry.count]
            specialTokens.unknown = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Reads `{"token":0}`.
    mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
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

    /// Reads `[["piece",-3.5]]`, in the order of ids.
    private mutating func readScoredVocabulary(
        _ reader: inout JSONReader
    ) throws(TokenizerError) -> [Double] {
        var scores: [Double] = []
        try reader.readElements { (reader) throws(TokenizerError) in
            let start = vocabularyBytes.count
            let (_, score) = try reader.readPair("a piece and its score") {
                (reader) throws(TokenizerError) in
                try reader.read { (parser) throws(JSONSyntaxError) in
                    try parser.string(appendingTo: &vocabularyBytes)
                }
            } _: { (reader) throws(TokenizerError) in
                try reader.readDouble()
            }
            vocabularyEntries.append(
                Vocabulary.Entry(start: start, count: vocabularyBytes.count - start, id: scores.count)
            )
            scores.append(score)
        }
        return scores
    }
}
