/// What `tokenizer_config.json` says.
///
/// Keys that do not change the tokens are passed over.
struct TokenizerConfiguration {
    let file: String
    var tokenizerClass: String?
    var lowercases: Bool?
    var stripsAccents: Bool?
    var spacesIdeographs: Bool?
    var keepsAccents: Bool?
    var addsPrefixSpace: Bool?
    var trimsOffsets: Bool?
    var unknown: AddedToken?
    var classifier: AddedToken?
    var separator: AddedToken?
    var padding: AddedToken?
    var mask: AddedToken?
    var furtherSpecialTokens: [AddedToken] = []
    /// `added_tokens_decoder`, by ascending id.
    var addedTokens: [AddedToken] = []

    init(file: String) {
        self.file = file
    }

    init(json bytes: [UInt8], file: String) throws(TokenizerError) {
        self.init(file: file)
        var reader = try JSONReader(bytes: bytes, file: file)
        try reader.readFields(of: "") { (reader, key) throws(TokenizerError) in
            if try reader.readNull() { return }
            switch key {
            case "tokenizer_class": tokenizerClass = try reader.readString()
            case "do_lower_case": lowercases = try reader.readBool()
            case "strip_accents": stripsAccents = try reader.readBool()
            case "tokenize_chinese_chars": spacesIdeographs = try reader.readBool()
            case "keep_accents": keepsAccents = try reader.readBool()
            case "add_prefix_space": addsPrefixSpace = try reader.readBool()
            case "trim_offsets": trimsOffsets = try reader.readBool()
            case "unk_token": unknown = try Self.readToken(&reader)
            case "cls_token": classifier = try Self.readToken(&reader)
            case "sep_token": separator = try Self.readToken(&reader)
            case "pad_token": padding = try Self.readToken(&reader)
            case "mask_token": mask = try Self.readToken(&reader)
            case "additional_special_tokens", "extra_special_tokens":
                try readFurtherSpecialTokens(&reader)
            case "added_tokens_decoder": try readAddedTokens(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private mutating func readFurtherSpecialTokens(_ reader: inout JSONReader) throws(TokenizerError) {
        if try reader.peekKind() == .object {
            // Newer files may name them: {"image_token": "<image>"}.
            try reader.readFields(of: "extra_special_tokens") { (reader, _) throws(TokenizerError) in
                furtherSpecialTokens.append(try Self.readToken(&reader))
            }
            return
        }
        try reader.readElements { (reader) throws(TokenizerError) in
            furtherSpecialTokens.append(try Self.readToken(&reader))
        }
    }

    private mutating func readAddedTokens(_ reader: inout JSONReader) throws(TokenizerError) {
        try reader.readFields(of: "added_tokens_decoder") { (reader, key) throws(TokenizerError) in
            guard let id = Int(key) else {
                throw .invalidValue(
                    file: reader.file,
                    field: "added_tokens_decoder.\(key)",
                    problem: "is not an id"
                )
            }
            var token = try Self.readTokenObject(&reader, isSpecial: false)
            token.id = id
            addedTokens.append(token)
        }
        addedTokens.sort { ($0.id ?? 0) < ($1.id ?? 0) }
    }

    /// A token as a string, or as an object with its matching rules.
    private static func readToken(_ reader: inout JSONReader) throws(TokenizerError) -> AddedToken {
        if try reader.peekKind() == .string { return AddedToken(content: try reader.readString()) }
        return try readTokenObject(&reader, isSpecial: true)
    }

    private static func readTokenObject(
        _ reader: inout JSONReader,
        isSpecial: Bool
    ) throws(TokenizerError) -> AddedToken {
        var token = AddedToken(content: "", isSpecial: isSpecial)
        var normalized: Bool?
        try reader.readFields(of: "token") { (reader, key) throws(TokenizerError) in
            if key == "normalized" {
                normalized = try reader.readBool()
            } else if key == "__type" {
                try reader.skipValue()
            } else if try !token.readField(key, &reader) {
                throw .unknownField(file: reader.file, field: "token.\(key)")
            }
        }
        if token.content.isEmpty { throw .missingField(file: reader.file, field: "token.content") }
        token.isNormalized = normalized ?? !token.isSpecial
        return token
    }
}

extension TokenizerConfiguration {
    /// Makes sure that the files are those of one of some tokenizer classes, if they say of which.
    ///
    /// - Throws: `unsupportedElement`.
    func checkClass(_ known: [String]) throws(TokenizerError) {
        guard let name = tokenizerClass, !known.flatMap({ [$0, $0 + "Fast"] }).contains(name) else { return }
        throw .unsupportedElement(file: file, element: "tokenizer_class", type: name)
    }
}

extension TokenizerDefinition {
    /// Takes over the special tokens, which must be set to the family's, and the added ones.
    mutating func addTokens(of configuration: TokenizerConfiguration) {
        let roles: [(WritableKeyPath<SpecialTokens, String>, AddedToken?)] = [
            (\.unknown, configuration.unknown), (\.separator, configuration.separator),
            (\.padding, configuration.padding), (\.classifier, configuration.classifier),
            (\.mask, configuration.mask),
        ]
        addedTokens += configuration.addedTokens
        for (role, token) in roles {
            if let token { specialTokens[keyPath: role] = token.content }
            appendUnlessKnown(token ?? AddedToken(content: specialTokens[keyPath: role]))
        }
        for token in configuration.furtherSpecialTokens { appendUnlessKnown(token) }
    }

    /// The rules in `added_tokens_decoder` go before those of a token's role.
    private mutating func appendUnlessKnown(_ token: AddedToken) {
        let isKnown = addedTokens.contains { $0.content.utf8.elementsEqual(token.content.utf8) }
        if !isKnown { addedTokens.append(token) }
    }
}
