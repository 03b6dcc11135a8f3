import FileModule

extension TokenizerDefinition {
    /// Reads `vocab.txt`: the token of line n, counted from 0, has id n.
    init(
        vocabularyLines bytes: [UInt8],
        file: String,
        configuration: TokenizerConfiguration
    ) throws(TokenizerError) {
        self.init(file: file)
        if let offset = bytes.firstInvalidUTF8Offset {
            throw .invalidUTF8(file: file, byteOffset: offset)
        }
        vocabularyBytes = bytes
        vocabularyEntries = Self.lines(of: bytes).enumerated().map { id, line in
            Vocabulary.Entry(start: line.lowerBound, count: line.count, id: id)
        }
        try apply(configuration)
    }

    /// Lines as Python reads them: ended by `\n`, `\r\n` or `\r`, the last one perhaps by nothing.
    private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                lines.append(start..<index)
                let isPair =
                    byte == UInt8(ascii: "\r") && index + 1 < bytes.count
                    && bytes[index + 1] == UInt8(ascii: "\n")
                if isPair { index += 1 }
                start = index + 1
            }
            index += 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }

    private mutating func apply(_ given: TokenizerConfiguration) throws(TokenizerError) {
        let isMPNet = given.family == .mpnet
        try given.checkClass(isMPNet ? .mpnet : .bert)
        var configuration = given
        normalizers = [
            .bert(
                BertNormalizer(
                    options: BertNormalizer.Options(
                        cleansText: true,
                        spacesIdeographs: configuration.spacesIdeographs ?? true,
                        stripsAccents: configuration.stripsAccents,
                        lowercases: configuration.lowercases ?? true
                    )
                )
            )
        ]
        if isMPNet {
            specialTokens = .mpnet
            // The mask takes the space before it, as a word would.
            var mask = configuration.mask ?? AddedToken(content: specialTokens.mask)
            mask.stripsLeft = true
            configuration.mask = mask
        }
        addTokens(of: configuration)
        if isMPNet {
            template = .roberta(classifier: specialTokens.classifier, separator: specialTokens.separator)
            trimming = OffsetTrimming(addsPrefixSpace: false)
        }
    }
}
