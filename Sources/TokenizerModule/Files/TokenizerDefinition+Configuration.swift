extension TokenizerDefinition {
    /// Lets `tokenizer_config.json` decide what it decides for Hugging Face beside a `tokenizer.json`.
    ///
    /// The classes of BERT and RoBERTa, and those of other names that are the same, put the settings of the configuration, or
    /// their defaults where it is silent, in the place of what `tokenizer.json` says. Other classes take that as it is.
    mutating func follow(_ configuration: TokenizerConfiguration) {
        if let padding = configuration.padding { specialTokens.padding = padding.content }
        switch (configuration.family, model) {
        case (.bert, .wordPiece):
            guard case .bert(let normalizer)? = normalizers.first else { return }
            var options = normalizer.options
            options.lowercases = configuration.lowercases ?? true
            options.stripsAccents = configuration.stripsAccents
            options.spacesIdeographs = configuration.spacesIdeographs ?? true
            normalizers[0] = .bert(BertNormalizer(options: options))
        case (let family, .bytePairs):
            if let unknown = configuration.unknown { specialTokens.unknown = unknown.content }
            if family == .roberta { followRoberta(configuration) }
        default: break
        }
    }

    private mutating func followRoberta(_ configuration: TokenizerConfiguration) {
        let addsPrefixSpace = configuration.addsPrefixSpace ?? false
        if case .byteLevel(var splitter)? = preTokenizers.first, preTokenizers.count == 1 {
            splitter.addsPrefixSpace = addsPrefixSpace
            preTokenizers = [.byteLevel(splitter)]
        }
        if canTrim {
            let trims = configuration.trimsOffsets ?? true
            trimming = trims ? OffsetTrimming(addsPrefixSpace: addsPrefixSpace) : nil
        }
    }

    /// Gives question and context the same type, for a model that is not told which is which.
    mutating func dropTokenTypes() {
        if template == nil {
            template = .bert(classifier: specialTokens.classifier, separator: specialTokens.separator)
        }
        template?.contextTokenType = 0
    }
}
