import FileModule

/// The articles of a SQuAD document, decoded one at a time.
struct SquadArticles {
    private static let keys: Set<String> = [
        "title", "paragraphs", "context", "qas", "id", "question", "answers", "text", "answer_start",
        "is_impossible",
    ]

    private let content: [UInt8]
    private let articles: [Range<Int>]
    private var nextIndex = 0
    let version: String?

    /// - Parameters:
    ///   - content: the whole document, which is known to be JSON.
    ///   - articles: where its articles are.
    ///   - version: the document's version.
    init(content: [UInt8], articles: [Range<Int>], version: String?) {
        self.content = content
        self.articles = articles
        self.version = version
    }

    mutating func next() -> (value: JSONValue, path: String)? {
        guard nextIndex < articles.count else { return nil }
        let range = articles[nextIndex]
        let path = "data[\(nextIndex)]"
        nextIndex += 1
        var parser = JSONParser(keepingMalformed: content, in: range)
        guard let value = try? parser.document(keeping: Self.keys) else {
            preconditionFailure("article at bytes \(range) was checked to be JSON")
        }
        return (value, path)
    }
}
