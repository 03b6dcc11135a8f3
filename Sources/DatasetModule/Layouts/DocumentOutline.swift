import FileModule

/// The outside of a JSON document: enough to tell its layout, with the whole document checked to be JSON.
struct DocumentOutline {
    /// The keys of the document in order; nil if it is not an object.
    var keys: [String]?
    /// What the document is, in words.
    var typeName = "an object"
    /// Where the elements of `data`, or of a document that is an array, are; nil if there is no such array.
    var articles: [Range<Int>]?
    /// The value of `version`.
    var version: String?

    /// Whether the document is a header or a record of MRQA.
    var isMRQA: Bool {
        guard let keys, articles == nil else { return false }
        return keys.contains("header") || keys.contains("qas") || keys.contains("context")
    }

    /// What was found, for messages.
    var summary: String {
        guard let keys else { return typeName }
        if keys.filter({ $0 == "data" }).count > 1 { return "the key \"data\" twice" }
        if keys.contains("data") { return "\"data\" that is not an array" }
        if keys.isEmpty { return "an empty object" }
        let names = keys.prefix(5).map(DatasetIssue.shortened).joined(separator: ", ")
        return "an object with " + names + (keys.count > 5 ? ", …" : "")
    }

    static func scan(_ bytes: [UInt8]) throws(JSONSyntaxError) -> DocumentOutline {
        var outline = DocumentOutline()
        var parser = JSONParser(keepingMalformed: bytes)
        let kind = try parser.peekKind()
        guard kind == .object else {
            outline.typeName = kind == .array ? "an array" : "a single value"
            if kind == .array { outline.articles = try elements(&parser) } else { try parser.skipValue() }
            try parser.finish()
            return outline
        }
        var keys: [String] = []
        var articles: [Range<Int>]?
        try parser.beginObject()
        while let key = try parser.nextKey() {
            // Nobody's document has thousands of keys, and the list is for layouts and messages only.
            if keys.count < 1_000 { keys.append(key) }
            let kind = try parser.peekKind()
            if key == "data", kind == .array, articles == nil {
                articles = try elements(&parser)
            } else if key == "version", kind == .string {
                if case .string(let version) = try parser.value() { outline.version = version }
            } else {
                try parser.skipValue()
            }
        }
        try parser.finish()
        outline.keys = keys
        // Two values for one key: no telling which is meant.
        outline.articles = keys.filter { $0 == "data" }.count > 1 ? nil : articles
        return outline
    }

    /// Where the elements of an array are.
    private static func elements(_ parser: inout JSONParser) throws(JSONSyntaxError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        try parser.beginArray()
        while try parser.nextElement() {
            _ = try parser.peekKind()
            let start = parser.position
            try parser.skipValue()
            ranges.append(start..<parser.position)
        }
        return ranges
    }
}
