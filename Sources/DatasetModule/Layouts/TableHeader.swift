/// The first record of a table, which names its columns, in any case: `question` and `context`, and perhaps `id` (or `qid`) and
/// `title`.
struct TableHeader {
    /// The columns, as they are written.
    let columns: [String]
    private let places: [String: Int]

    private static let required = ["question", "context"]

    /// - Throws: `DatasetError`: `malformedTable` for a column that is missing or there twice.
    init(_ record: TableRecords.Record, path: String) throws(DatasetError) {
        columns = record.fields.map { String(decoding: $0, as: UTF8.self) }
        var places: [String: Int] = [:]
        for (index, column) in columns.enumerated() {
            let name = Self.name(column)
            guard Self.required.contains(name) || ["id", "qid", "title"].contains(name) else { continue }
            guard places[name] == nil else {
                throw .malformedTable(path: path, line: record.line, .duplicateColumn(name))
            }
            places[name] = index
        }
        for name in Self.required where places[name] == nil {
            throw .malformedTable(path: path, line: record.line, .missingColumn(name, found: columns))
        }
        self.places = places
    }

    /// The field of a column; nil when there is no such column.
    func field(_ name: String, of record: TableRecords.Record) -> [UInt8]? {
        places[name].map { record.fields[$0] }
    }

    /// What separates the fields of a table, if its first line looks like a header.
    ///
    /// - Parameters:
    ///   - line: The first line of a file that is not JSON.
    ///   - path: The name of the file, of which only the extension counts.
    /// - Returns: A comma, a tab or a semicolon; nil when the file does not look like a table.
    static func separator(in line: [UInt8], path: String) -> UInt8? {
        guard let first = line.first, !Array("{[<".utf8).contains(first), line.count < 1 << 16,
            line.firstInvalidUTF8Offset == nil
        else { return nil }
        let separators: [UInt8] = [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";")]
        guard let separator = separators.first(where: line.contains) else { return nil }
        let path = path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path
        if [".csv", ".tsv"].contains(where: path.lowercased().hasSuffix) { return separator }
        let names = line.split(separator: separator).map { name(String(decoding: $0, as: UTF8.self)) }
        return names.contains(where: required.contains) ? separator : nil
    }

    /// A column's name without case, quotes, and the white space around it.
    private static func name(_ column: String) -> String {
        let scalars = column.unicodeScalars
        let isKept = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace && scalar != "\"" }
        guard let first = scalars.firstIndex(where: isKept), let last = scalars.lastIndex(where: isKept)
        else {
            return ""
        }
        return String(scalars[first...last]).lowercased()
    }
}
