import FileModule

/// The outside of a JSON document: enough to tell its layout, with the whole document checked to be JSON.
struct DocumentOutline {
    /// The keys of the document in order; nil if it is not an object.
    var keys: [String]?
    /// What the document is, in words.
    var typeName = "an object"
    /// Where the elements of `data` or `rows`, or of a document that is an array, are; nil if there is no such array.
    var articles: [Range<Int>]?
    /// The key of that array; "" for a document that is one.
    var articlesKey = ""
    /// The rows of a document that holds them by columns.
    var columns: ColumnarRows?
    /// The value of `version`.
    var version: String?

    /// Whether the document is a header or a record of MRQA.
    var isMRQA: Bool {
        guard let keys, articles == nil, columns == nil else { return false }
        return keys.contains("header") || keys.contains("qas") || keys.contains("context")
    }

    /// What was found, for messages.
    var summary: String {
        guard let keys else { return typeName }
        for key in Self.arrayKeys where keys.filter({ $0 == key }).count > 1 {
            return "the key \"\(key)\" twice"
        }
        if keys.contains("data") { return "\"data\" that is not an array" }
        if keys.isEmpty { return "an empty object" }
        let names = keys.prefix(5).map(DatasetIssue.shortened).joined(separator: ", ")
        return "an object with " + names + (keys.count > 5 ? ", …" : "")
    }

    /// What an array of articles or rows may be called; the latter by the hub's row service.
    private static let arrayKeys = ["data", "rows"]

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
        var columns: [(key: String, values: [Range<Int>])] = []
        try parser.beginObject()
        while let key = try parser.nextKey() {
            // Nobody's document has thousands of keys, and the list is for layouts and messages only.
            if keys.count < 1_000 { keys.append(key) }
            let kind = try parser.peekKind()
            if arrayKeys.contains(key), kind == .array, outline.articles == nil {
                outline.articles = try elements(&parser)
                outline.articlesKey = key
            } else if ColumnarRows.keys.contains(key), kind == .array || kind == .object, columns.count < 20 {
                columns.append((key, try kind == .array ? elements(&parser) : members(&parser)))
            } else if key == "version", kind == .string {
                if case .string(let version) = try parser.value() { outline.version = version }
            } else {
                try parser.skipValue()
            }
        }
        try parser.finish()
        outline.keys = keys
        // Two values for one key: no telling which is meant.
        if arrayKeys.contains(where: { key in keys.filter { $0 == key }.count > 1 }) {
            outline.articles = nil
        }
        if outline.articles == nil { outline.columns = ColumnarRows(columns) }
        return outline
    }

    /// Where the values of an object are.
    private static func members(_ parser: inout JSONParser) throws(JSONSyntaxError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        try parser.beginObject()
        while try parser.nextKey() != nil {
            _ = try parser.peekKind()
            let start = parser.position
            try parser.skipValue()
            ranges.append(start..<parser.position)
        }
        return ranges
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
