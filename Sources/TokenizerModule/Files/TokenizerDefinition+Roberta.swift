import FileModule

extension TokenizerDefinition {
    /// Reads RoBERTa's `vocab.json` and `merges.txt`.
    init(
        bytePairVocabulary json: [UInt8],
        file: String,
        merges lines: [UInt8],
        mergesFile: String,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        try configuration.checkClass(.roberta)
        try TokenizerError.naming(file) {
            var parser = try JSONParser(json, file: file)
            try readVocabulary(&parser)
            try parser.finish()
        }
        model = .bytePairs(try MergeList(lines: lines, name: mergesFile), ignoresMerges: false)
        let addsPrefixSpace = configuration.addsPrefixSpace ?? false
        preTokenizers = [.byteLevel(ByteLevelSplitter(addsPrefixSpace: addsPrefixSpace))]
        if configuration.trimsOffsets ?? true {
            trimming = OffsetTrimming(addsPrefixSpace: addsPrefixSpace)
        }
        specialTokens = .roberta
        addTokens(of: configuration)
        template = .roberta(classifier: specialTokens.classifier, separator: specialTokens.separator)
    }
}
