import FileModule

/// What the files beside the vocabulary say: `tokenizer_config.json`; `special_tokens_map.json`, `added_tokens.json` and
/// `config.json` where that is silent.
///
/// Keys that do not change the tokens are passed over.
struct TokenizerConfiguration {
    /// The path of `tokenizer_config.json`, whether it is there or not.
    let file: String
    /// The name of a class, and the file that has it.
    var tokenizerClass: (name: String, file: String)?
    /// `model_type` in `config.json`.
    private var modelType: String?
    /// What cuts words before this tokenizer's model, where it is another program: `mecab`.
    private var wordTokenizer: (key: String, name: String)?
    /// What the model is given, where the file says it.
    private var modelInputs: [String]?
    /// Whether `added_tokens_decoder` is there, which says all of what the older files said.
    private var hasAddedTokens = false
    var lowercases: Bool?
    var stripsAccents: Bool?
    var spacesIdeographs: Bool?
    var keepsAccents: Bool?
    var addsPrefixSpace: Bool?
    var trimsOffsets: Bool?
    var splitsPunctuation: Bool?
    var unknown: AddedToken?
    var classifier: AddedToken?
    var separator: AddedToken?
    var padding: AddedToken?
    var mask: AddedToken?
    var furtherSpecialTokens: [AddedToken] = []
    /// `added_tokens_decoder`, by ascending id.
    var addedTokens: [AddedToken] = []
    /// What `added_tokens.json` has: tokens and their ids, but nothing of how they are matched.
    private var addedIDs: [(content: String, id: Int)] = []

    init(file: String) {
        self.file = file
    }

    init(json bytes: [UInt8], file: String) throws(TokenizerError) {
        self.init(file: file)
        try TokenizerError.naming(file) { try read(bytes) }
    }

    /// Takes from `config.json` what it says of the tokenizer.
    mutating func add(modelConfiguration json: [UInt8], file: String) throws(TokenizerError) {
        try TokenizerError.naming(file) {
            var parser = try JSONParser(json, file: file)
            try parser.readFields(of: "") { parser, key in
                if try parser.null() { return }
                switch key {
                case "model_type": modelType = try parser.string()
                case "tokenizer_class":
                    let name = try parser.string()
                    tokenizerClass = tokenizerClass ?? (name, file)
                default: try parser.skipValue()
                }
            }
            try parser.finish()
        }
    }

    /// Takes over `special_tokens_map.json`, which goes before `tokenizer_config.json` unless that has `added_tokens_decoder`.
    mutating func add(specialTokens json: [UInt8], file: String) throws(TokenizerError) {
        guard !hasAddedTokens else { return }
        try TokenizerError.naming(file) {
            var parser = try JSONParser(json, file: file)
            try parser.readFields(of: "") { parser, key in
                if try parser.null() { return }
                if try !readSpecialToken(key, &parser) { try parser.skipValue() }
            }
            try parser.finish()
        }
    }

    /// Takes over `added_tokens.json`, tokens and their ids, unless there is `added_tokens_decoder`.
    mutating func add(addedTokens json: [UInt8], file: String) throws(TokenizerError) {
        guard !hasAddedTokens else { return }
        try TokenizerError.naming(file) {
            var parser = try JSONParser(json, file: file)
            try parser.readFields(of: "") { parser, content in
                addedIDs.append((content, try parser.integer()))
            }
            try parser.finish()
        }
        addedIDs.sort { $0.id < $1.id }
    }

    /// Gives tokens the ids of `added_tokens.json`, and adds those of them that are in no role; in the order of the ids, in which
    /// tokens that the vocabulary lacks must be.
    fileprivate func giveIDs(to tokens: inout [AddedToken]) {
        for (content, id) in addedIDs {
            var token = AddedToken(content: content, isNormalized: true, isSpecial: false, hasRules: true)
            if let index = tokens.firstIndex(where: { $0.content.utf8.elementsEqual(content.utf8) }) {
                token = tokens.remove(at: index)
            }
            token.id = token.id ?? id
            tokens.append(token)
        }
    }

    /// Whether the model is told which tokens are the question's and which the context's.
    var givesTokenTypes: Bool { modelInputs?.contains("token_type_ids") ?? true }

    /// Refuses tokenizers that are other programs, whatever files are beside: morphological analysers and the like.
    ///
    /// - Throws: `unsupportedElement`.
    func rejectOtherPrograms() throws(TokenizerError) {
        let classes = ["BertJapaneseTokenizer", "PhobertTokenizer", "BertweetTokenizer"]
        if let (name, file) = tokenizerClass, classes.contains(name) {
            throw .unsupportedElement(file: file, element: "tokenizer_class", type: name)
        }
        if let (key, name) = wordTokenizer {
            throw .unsupportedElement(file: file, element: key, type: name)
        }
    }

    /// The family of the tokenizer class, or of the model where no class is named; nil for what is in no family.
    var family: TokenizerFamily? {
        if let name = tokenizerClass?.name { return TokenizerFamily(class: name) }
        return modelType.flatMap(TokenizerFamily.init(modelType:))
    }

    private mutating func read(_ json: [UInt8]) throws {
        var parser = try JSONParser(json, file: file)
        try parser.readFields(of: "") { parser, key in
            if try parser.null() { return }
            switch key {
            case "tokenizer_class": tokenizerClass = (try parser.string(), file)
            case "do_lower_case": lowercases = try parser.bool()
            case "strip_accents": stripsAccents = try parser.bool()
            case "tokenize_chinese_chars": spacesIdeographs = try parser.bool()
            case "keep_accents": keepsAccents = try parser.bool()
            case "add_prefix_space": addsPrefixSpace = try parser.bool()
            case "split_by_punct": splitsPunctuation = try parser.bool()
            case "trim_offsets": trimsOffsets = try parser.bool()
            case "word_tokenizer_type", "subword_tokenizer_type":
                let name = try parser.string()
                if name != "basic", name != "wordpiece" { wordTokenizer = (key, name) }
            case "model_input_names":
                var names: [String] = []
                try parser.readElements { parser in names.append(try parser.string()) }
                modelInputs = names
            case "added_tokens_decoder":
                hasAddedTokens = true
                try readAddedTokens(&parser)
            default: if try !readSpecialToken(key, &parser) { try parser.skipValue() }
            }
        }
        try parser.finish()
    }

    /// Reads a token by what it is for, or returns false when the key is none of these.
    private mutating func readSpecialToken(_ key: String, _ parser: inout JSONParser) throws -> Bool {
        switch key {
        case "unk_token": unknown = try Self.readToken(&parser)
        case "cls_token": classifier = try Self.readToken(&parser)
        case "sep_token": separator = try Self.readToken(&parser)
        case "pad_token": padding = try Self.readToken(&parser)
        case "mask_token": mask = try Self.readToken(&parser)
        case "additional_special_tokens", "extra_special_tokens": try readFurtherSpecialTokens(&parser)
        default: return false
        }
        return true
    }

    private mutating func readFurtherSpecialTokens(_ parser: inout JSONParser) throws {
        if try parser.peekKind() == .object {
            // Newer files may name them: {"image_token": "<image>"}.
            try parser.readFields(of: "extra_special_tokens") { parser, _ in
                furtherSpecialTokens.append(try Self.readToken(&parser))
            }
            return
        }
        try parser.readElements { parser in
            furtherSpecialTokens.append(try Self.readToken(&parser))
        }
    }

    private mutating func readAddedTokens(_ parser: inout JSONParser) throws {
        try parser.readFields(of: "added_tokens_decoder") { parser, key in
            guard let id = Int(key) else {
                throw TokenizerError.invalidValue(
                    file: parser.file,
                    field: "added_tokens_decoder.\(key)",
                    problem: "is not an id"
                )
            }
            var token = try Self.readTokenObject(&parser, isSpecial: false)
            token.id = id
            addedTokens.append(token)
        }
        addedTokens.sort { ($0.id ?? 0) < ($1.id ?? 0) }
    }

    /// A token as a string, or as an object with its matching rules.
    private static func readToken(_ parser: inout JSONParser) throws -> AddedToken {
        if try parser.peekKind() == .string { return AddedToken(content: try parser.string()) }
        return try readTokenObject(&parser, isSpecial: true)
    }

    private static func readTokenObject(
        _ parser: inout JSONParser,
        isSpecial: Bool
    ) throws -> AddedToken {
        var token = AddedToken(content: "", isSpecial: isSpecial)
        var normalized: Bool?
        try parser.readFields(of: "token") { parser, key in
            if key == "normalized" {
                normalized = try parser.bool()
            } else if key == "__type" {
                try parser.skipValue()
            } else if try !token.readField(key, &parser) {
                throw TokenizerError.unknownField(file: parser.file, field: "token.\(key)")
            }
        }
        if token.content.isEmpty {
            throw TokenizerError.missingField(file: parser.file, field: "token.content")
        }
        token.isNormalized = normalized ?? !token.isSpecial
        token.hasRules = true
        return token
    }
}

extension TokenizerConfiguration {
    /// Makes sure that the files are those of a family, if they say of which.
    ///
    /// - Throws: `unsupportedElement`.
    func checkClass(_ family: TokenizerFamily) throws(TokenizerError) {
        guard let (name, file) = tokenizerClass, !family.has(class: name) else { return }
        throw .unsupportedElement(file: file, element: "tokenizer_class", type: name)
    }
}

extension TokenizerDefinition {
    /// Takes over the special tokens, which must be set to the family's, and the added ones.
    ///
    /// - Parameters:
    ///   - configuration: what the files say of them.
    ///   - maskTakesSpace: whether the mask takes the white space before it along, where the files do not say.
    mutating func addTokens(of configuration: TokenizerConfiguration, maskTakesSpace: Bool = false) {
        let roles: [(WritableKeyPath<SpecialTokens, String>, AddedToken?)] = [
            (\.unknown, configuration.unknown), (\.separator, configuration.separator),
            (\.padding, configuration.padding), (\.classifier, configuration.classifier),
            (\.mask, configuration.mask),
        ]
        addedTokens += configuration.addedTokens
        for (role, token) in roles {
            if let token { specialTokens[keyPath: role] = token.content }
            var added = token ?? AddedToken(content: specialTokens[keyPath: role])
            if role == \.mask, maskTakesSpace, !added.hasRules { added.stripsLeft = true }
            appendUnlessKnown(added)
        }
        for token in configuration.furtherSpecialTokens { appendUnlessKnown(token) }
        configuration.giveIDs(to: &addedTokens)
    }

    /// The rules in `added_tokens_decoder` go before those of a token's role.
    mutating func appendUnlessKnown(_ token: AddedToken) {
        let isKnown = addedTokens.contains { $0.content.utf8.elementsEqual(token.content.utf8) }
        if !isKnown { addedTokens.append(token) }
    }
}
