import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The articles of a SQuAD document, decoded one at a time.
struct SquadArticles {
    private static let keys: Set<String> = [
        "title", "paragraphs", "context", "qas", "id", "question", "answers", "answer", "text",
        "answer_start",
        "is_impossible", "row",
    ]

    private let content: [UInt8]
    private let articles: [Range<Int>]
    private let columns: ColumnarRows?
    private var nextIndex = 0
    let version: String?
    /// Whether questions say that they have, or have no, answer.
    let hasImpossibleFlags: Bool
    /// The key of the array; "" for a document that is one.
    private let key: String

    /// - Parameters:
    ///   - content: the whole document, which is known to be JSON.
    ///   - outline: where its articles or rows are, and what is around them.
    init?(content: [UInt8], outline: DocumentOutline) {
        guard outline.articles != nil || outline.columns != nil else { return nil }
        self.content = content
        articles = outline.articles ?? []
        columns = outline.columns
        version = outline.version
        key = outline.articlesKey
        // In a JSON document these bytes are the key, or a text that is nothing but it: quotes inside texts are escaped.
        hasImpossibleFlags = content.contains(Array(#""is_impossible""#.utf8))
    }

    mutating func next() -> (value: JSONValue, path: String)? {
        guard nextIndex < columns?.count ?? articles.count else { return nil }
        defer { nextIndex += 1 }
        if let columns { return (columns.row(nextIndex, decode: value), "row \(nextIndex)") }
        let value = value(articles[nextIndex])
        let path = "\(key)[\(nextIndex)]"
        // The row service wraps each row in an object that has its number.
        if key == "rows", let row = (try? value.member("row")) ?? nil { return (row, path + ".row") }
        return (value, path)
    }

    private func value(_ range: Range<Int>) -> JSONValue {
        var parser = JSONParser(keepingMalformed: content, in: range)
        guard let value = try? parser.document(keeping: Self.keys) else {
            preconditionFailure("article at bytes \(range) was checked to be JSON")
        }
        return value
    }
}

extension [UInt8] {
    /// Whether some bytes stand somewhere; the first is looked for by the C library, which is many times faster.
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = part.first else { return part.isEmpty }
            var start = 0
            while start + part.count <= bytes.count,
                let found = memchr(base + start, Int32(first), bytes.count - start - part.count + 1)
            {
                if memcmp(found, part, part.count) == 0 { return true }
                start = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}
