import DatasetModule
import FileModule

extension QuestionTable {
    /// The most that a file of predictions may hold.
    private static var limitBytes: Int { 1 << 30 }

    /// Reads id → value, plain or gzip: one JSON object, or objects with `id` and the value in a list or a line each, as other
    /// programs write them.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - fields: What the value may be called beside `id`.
    ///   - expected: What values are, for messages.
    ///   - convert: Takes a value; nil when it is of another type.
    /// - Throws: ``EvaluationError``.
    private init(
        path: String,
        fields: [String],
        expected: String,
        _ convert: (JSONValue) -> Value?
    ) throws(EvaluationError) {
        let bytes: [UInt8]
        do {
            let content = try FileContent.read(path: path, limitBytes: Self.limitBytes)
            bytes = content.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(content.dropFirst(3)) : content
        } catch {
            throw .unreadable(error)
        }
        guard !bytes.isEmpty else { throw .unreadable(.emptyFile(path: path)) }
        self.init()
        for (id, value) in try Self.entries(in: bytes, path: path, fields: fields) {
            guard let converted = convert(value) else {
                if value.isListOfCandidates { throw .candidates(path: path) }
                throw .wrongType(path: path, id: id, expected: expected, found: value.typeName)
            }
            guard self[id] == nil else { throw .duplicateIdentifier(path: path, id: id) }
            self[id] = converted
        }
    }

    private typealias Entries = [(key: String, value: JSONValue)]

    /// The ids and values of a file; its first line tells whether it has a row a line.
    private static func entries(
        in bytes: [UInt8],
        path: String,
        fields: [String]
    ) throws(EvaluationError) -> Entries {
        let start = bytes.firstIndex { !$0.isSpace } ?? bytes.endIndex
        if case .object(let members)? = try? document(bytes, in: line(of: bytes, from: start)) {
            if members.first?.key == "journal" { throw .journal(path: path) }
            if row(.object(members), fields: fields) != nil {
                return try rows(in: bytes, path: path, fields: fields)
            }
        }
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try document(bytes, in: bytes.indices)
        } catch {
            let place = error.lineAndColumn(in: bytes)
            throw .notJSON(path: path, line: place.line, column: place.column, reason: error.description)
        }
        if case .object(let members) = value { return members }
        if case .array(let elements) = value, !elements.isEmpty {
            let rows = elements.compactMap { row($0, fields: fields) }
            if rows.count == elements.count { return rows }
        }
        throw .notAnObject(path: path, found: value.typeName)
    }

    /// A row a line.
    private static func rows(
        in bytes: [UInt8],
        path: String,
        fields: [String]
    ) throws(EvaluationError) -> Entries {
        var entries: Entries = []
        var (start, number) = (bytes.startIndex, 0)
        while start < bytes.endIndex {
            let line = line(of: bytes, from: start)
            (start, number) = (line.upperBound + 1, number + 1)
            if bytes[line].allSatisfy(\.isSpace) { continue }
            let value: JSONValue
            do throws(JSONSyntaxError) {
                value = try document(bytes, in: line)
            } catch {
                let column = error.offset - line.lowerBound + 1
                throw .notJSON(path: path, line: number, column: column, reason: error.description)
            }
            guard let row = row(value, fields: fields) else {
                throw .notARow(path: path, line: number, fields: fields)
            }
            entries.append(row)
        }
        return entries
    }

    /// The bytes from `start` up to the end of the line.
    private static func line(of bytes: [UInt8], from start: Int) -> Range<Int> {
        start..<(bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex)
    }

    private static func document(
        _ bytes: [UInt8],
        in range: Range<Int>
    ) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(keepingMalformed: bytes, in: range)
        return try parser.document()
    }

    /// What a row says, `{"id", "prediction_text"}` for instance; nil if it is none.
    private static func row(_ value: JSONValue, fields: [String]) -> Entries.Element? {
        guard case .object(let members) = value,
            let identifier = members.first(where: { $0.key == "id" })?.value,
            let value = members.first(where: { fields.contains($0.key) })?.value
        else { return nil }
        // Data sets have numbers for ids too.
        if case .string(let id) = identifier { return (id, value) }
        return identifier.integer.map { (String($0), value) }
    }
}

extension JSONValue {
    /// Whether this is what an n-best file has for a question, ours or that of Hugging Face's programs.
    fileprivate var isListOfCandidates: Bool {
        guard case .array(let elements) = self, case .object(let members)? = elements.first else {
            return false
        }
        return members.contains { $0.key == "text" } && members.contains { $0.key == "probability" }
    }
}

extension UInt8 {
    /// Whether this is white space, in JSON or out of it.
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension QuestionTable<String> {
    /// Reads a prediction file: one JSON object, question id → text, or objects with `id` and `prediction_text` or `prediction`
    /// in a list or a line each.
    ///
    /// - Parameter path: the file, plain or gzip.
    /// - Throws: ``EvaluationError`` when it is anything else, or an id stands twice.
    public init(path: String) throws(EvaluationError) {
        try self.init(path: path, fields: ["prediction_text", "prediction"], expected: "a string") { value in
            switch value {
            case .string(let text): text
            case .null: ""
            default: nil
            }
        }
    }

    /// Writes a prediction file in the order of the table, whole or not at all.
    ///
    /// - Parameter path: the file to write or replace.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public func write(to path: String) throws(EvaluationError) {
        let file = try PredictionFile(path: path)
        for entry in self { try file.append(id: entry.id, entry.value) }
        try file.commit()
    }
}

extension QuestionTable<Double> {
    /// Reads a file of no-answer scores: one JSON object, question id → number, or objects with `id` and `no_answer_probability`
    /// in a list or a line each.
    ///
    /// - Parameter path: the file, plain or gzip.
    /// - Throws: ``EvaluationError`` when it is anything else, or an id stands twice.
    public init(path: String) throws(EvaluationError) {
        try self.init(
            path: path,
            fields: ["no_answer_probability"],
            expected: "a finite number",
            \.double
        )
    }

    /// Writes a file of no-answer scores in the order of the table, whole or not at all.
    ///
    /// - Parameter path: the file to write or replace.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``, ``EvaluationError/notFinite(id:value:)``.
    public func write(to path: String) throws(EvaluationError) {
        let file = try JSONObjectFile(path: path)
        for entry in self {
            guard entry.value.isFinite else { throw .notFinite(id: entry.id, value: entry.value) }
            try file.append(key: entry.id) { $0 += Array(entry.value.description.utf8) }
        }
        try file.commit()
    }
}
