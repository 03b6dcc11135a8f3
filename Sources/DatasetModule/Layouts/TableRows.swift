import FileModule

/// The rows of a table, each a question with its context.
struct TableRows {
    private var records: TableRecords
    private let header: TableHeader

    /// The columns, as the header names them.
    var columns: [String] { header.columns }

    /// - Throws: `DatasetError` when the header cannot be used.
    init(_ records: TableRecords, path: String) throws(DatasetError) {
        self.records = records
        guard let record = try self.records.next() else { throw .emptyFile(path: path) }
        header = try TableHeader(record, path: path)
    }

    /// The next row, in the form of a line of JSON; nil at the end.
    mutating func next() throws(DatasetError) -> MRQALines.Line? {
        guard let record = try records.next() else { return nil }
        guard record.fields.count == header.columns.count else {
            let problem = DatasetIssue.Problem.fieldCount(record.fields.count, expected: header.columns.count)
            return MRQALines.Line(number: record.line, value: .failure(problem))
        }
        var members: [(key: String, value: JSONValue)] = []
        for name in ["qid", "id", "title", "context", "question"] {
            guard let field = header.field(name, of: record) else { continue }
            // A field that is empty says nothing.
            if field.isEmpty, !["context", "question"].contains(name) { continue }
            members.append((name, Self.text(field)))
        }
        return MRQALines.Line(number: record.line, value: .success(.object(members)))
    }

    private static func text(_ field: [UInt8]) -> JSONValue {
        guard let offset = field.firstInvalidUTF8Offset else {
            return .string(String(decoding: field, as: UTF8.self))
        }
        return .malformedString(reason: "byte \(offset) of the field is not UTF-8")
    }
}
