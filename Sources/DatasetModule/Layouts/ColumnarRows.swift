import FileModule

/// The rows of a document that holds them by columns: `{"id": […], "context": […], "question": […], "answers": […]}`, as
/// `Dataset.to_dict()` gives them, or with an object of row numbers for each column, as pandas writes them.
struct ColumnarRows {
    /// The columns that are read.
    static let keys: Set<String> = [
        "id", "title", "context", "question", "answers", "answer", "is_impossible",
    ]

    /// Where the values of each column are in the document, row by row.
    private let columns: [(key: String, values: [Range<Int>])]
    /// How many rows there are.
    let count: Int

    /// Nil when the columns are no rows: `context` or `question` is not among them, or one is longer than another.
    init?(_ columns: [(key: String, values: [Range<Int>])]) {
        guard let context = columns.first(where: { $0.key == "context" }),
            columns.contains(where: { $0.key == "question" }),
            columns.allSatisfy({ $0.values.count == context.values.count }),
            Set(columns.map(\.key)).count == columns.count
        else { return nil }
        self.columns = columns
        count = context.values.count
    }

    /// One row as a JSON object; `decode` gives the value at a place of the document.
    func row(_ index: Int, decode: (Range<Int>) -> JSONValue) -> JSONValue {
        .object(columns.map { (key: $0.key, value: decode($0.values[index])) })
    }
}
