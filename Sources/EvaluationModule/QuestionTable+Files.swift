import DatasetModule
import FileModule

extension QuestionTable {
    /// The most that a file of predictions may hold.
    private static var limitBytes: Int { 1 << 30 }

    /// Reads one JSON object, id → value, plain or gzip.
    private init(
        path: String,
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
        let value: JSONValue
        do throws(JSONSyntaxError) {
            var parser = JSONParser(keepingMalformed: bytes)
            value = try parser.document()
        } catch {
            let place = error.lineAndColumn(in: bytes)
            throw .notJSON(path: path, line: place.line, column: place.column, reason: error.description)
        }
        guard let members = Self.members(of: value) else {
            throw .notAnObject(path: path, found: value.typeName)
        }
        self.init()
        for (id, value) in members {
            guard let converted = convert(value) else {
                throw .wrongType(path: path, id: id, expected: expected, found: value.typeName)
            }
            guard self[id] == nil else { throw .duplicateIdentifier(path: path, id: id) }
            self[id] = converted
        }
    }
}

extension QuestionTable {
    /// The values by id: of an object, or of a list of `{"id", "prediction_text"}`, as metrics of the `evaluate` library take
    /// them.
    private static func members(of value: JSONValue) -> [(key: String, value: JSONValue)]? {
        switch value {
        case .object(let members): return members
        case .array(let elements):
            var members: [(key: String, value: JSONValue)] = []
            for case .object(let fields) in elements {
                guard case .string(let id)? = fields.first(where: { $0.key == "id" })?.value,
                    let text = fields.first(where: { $0.key == "prediction_text" })?.value
                else { return nil }
                members.append((id, text))
            }
            return members.count == elements.count && !members.isEmpty ? members : nil
        default: return nil
        }
    }
}

extension QuestionTable<String> {
    /// Reads a prediction file: one JSON object, question id → text.
    ///
    /// - Parameter path: the file, plain or gzip.
    /// - Throws: ``EvaluationError`` when it is anything else, or an id stands twice.
    public init(path: String) throws(EvaluationError) {
        try self.init(path: path, expected: "a string") { value in
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
    /// Reads a file of no-answer scores: one JSON object, question id → number.
    ///
    /// - Parameter path: the file, plain or gzip.
    /// - Throws: ``EvaluationError`` when it is anything else, or an id stands twice.
    public init(path: String) throws(EvaluationError) {
        try self.init(path: path, expected: "a finite number", \.double)
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
