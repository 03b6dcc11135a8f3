import FileModule

extension PreTokenizer {
    /// Reads the element `pre_tokenizer`.
    static func read(_ parser: inout JSONParser) throws -> [PreTokenizer] {
        var steps: [PreTokenizer] = []
        try read(&parser, into: &steps)
        return steps
    }

    private static let known = [
        "BertPreTokenizer": [], "WhitespaceSplit": [],
        "Metaspace": ["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"],
        "ByteLevel": ["add_prefix_space", "trim_offsets", "use_regex"], "Sequence": ["pretokenizers"],
    ]

    private static func read(
        _ parser: inout JSONParser,
        into steps: inout [PreTokenizer]
    ) throws {
        let file = parser.file
        var metaspace = MetaspaceSplitter()
        var byteLevel = ByteLevelSplitter()
        var members: [PreTokenizer] = []
        var addsPrefixSpace: Bool?
        var missing = Set<String>()
        let type = try parser.readElement("pre_tokenizer", known, missing: &missing) {
            parser,
            key in
            switch key {
            case "add_prefix_space": addsPrefixSpace = try parser.bool()
            case "replacement":
                let text = try parser.string()
                guard text.unicodeScalars.count == 1 else {
                    throw TokenizerError.invalidValue(
                        file: file,
                        field: "pre_tokenizer.replacement",
                        problem: "is not one character"
                    )
                }
                metaspace.replacement = Array(text.utf8)
            case "prepend_scheme":
                let scheme = try parser.string()
                guard let prepending = MetaspaceSplitter.Prepending(rawValue: scheme) else {
                    throw TokenizerError.unsupportedElement(
                        file: file,
                        element: "pre_tokenizer.prepend_scheme",
                        type: scheme
                    )
                }
                metaspace.prepending = prepending
            case "split": metaspace.splits = try parser.bool()
            case "use_regex": byteLevel.splits = try parser.bool()
            case "pretokenizers":
                try parser.readElements { parser in
                    try read(&parser, into: &members)
                }
            default: try parser.skipValue()
            }
        }
        missing.subtract(["prepend_scheme", "split", "str_rep", "use_regex"])
        // Files of the first versions have only `add_prefix_space`, those of later ones `prepend_scheme`.
        if type == "Metaspace" { missing.remove("add_prefix_space") }
        if let field = missing.min() {
            throw TokenizerError.missingField(file: file, field: "pre_tokenizer.\(field)")
        }
        switch type {
        case "BertPreTokenizer": steps.append(.bert)
        case "WhitespaceSplit": steps.append(.whitespace)
        case "Metaspace":
            if addsPrefixSpace == false, metaspace.prepending != .never {
                throw TokenizerError.invalidValue(
                    file: file,
                    field: "pre_tokenizer.add_prefix_space",
                    problem: "is false, which is not what prepend_scheme says"
                )
            }
            steps.append(.metaspace(metaspace))
        case "ByteLevel":
            byteLevel.addsPrefixSpace = addsPrefixSpace ?? false
            steps.append(.byteLevel(byteLevel))
        default: steps += members
        }
    }
}
