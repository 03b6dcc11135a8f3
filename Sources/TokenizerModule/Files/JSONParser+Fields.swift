import FileModule

extension JSONParser {
    /// Reads an object, giving each key to `body`, which must read its value.
    ///
    /// - Throws: `duplicateField` when a key comes twice, and what `body` throws.
    mutating func readFields(
        of name: String,
        _ body: (inout JSONParser, String) throws -> Void
    ) throws {
        var seen: Set<String> = []
        try beginObject()
        while let key = try nextKey() {
            let path = name.isEmpty ? key : "\(name).\(key)"
            guard seen.insert(key).inserted else {
                throw TokenizerError.duplicateField(file: file, field: path)
            }
            try body(&self, key)
        }
    }

    /// Reads an array, calling `body` for each element, which it must read.
    mutating func readElements(
        _ body: (inout JSONParser) throws -> Void
    ) throws {
        try beginArray()
        while try nextElement() { try body(&self) }
    }

    /// Reads null or what `body` reads.
    mutating func readOptional<Value>(
        _ body: (inout JSONParser) throws -> Value
    ) throws -> Value? {
        try null() ? nil : try body(&self)
    }

    /// Reads an element that says its `type` among its fields.
    ///
    /// - Parameters:
    ///   - name: what the element is, for the errors: `normalizer`.
    ///   - known: the types that are supported and the fields of each.
    ///   - body: reads one field.
    /// - Returns: the type.
    /// - Throws: `unsupportedElement`, `unknownField`, and what `body` throws.
    @discardableResult
    mutating func readElement(
        _ name: String,
        _ known: [String: [String]],
        _ body: (inout JSONParser, String) throws -> Void
    ) throws -> String {
        var missing: Set<String> = []
        return try readElement(name, known, missing: &missing, body)
    }

    /// As `readElement(_:_:_:)`; `missing` becomes the fields that the type has and the element has not.
    mutating func readElement(
        _ name: String,
        _ known: [String: [String]],
        missing: inout Set<String>,
        _ body: (inout JSONParser, String) throws -> Void
    ) throws -> String {
        guard try peekKind() == .object else {
            throw TokenizerError.unsupportedElement(file: file, element: name, type: try peekKind().rawValue)
        }
        // The type may stand behind the fields, but says what they mean: so look for it first.
        let type = try required(try peekType(), "\(name).type", in: file)
        guard let fields = known[type] else {
            throw TokenizerError.unsupportedElement(file: file, element: name, type: type)
        }
        missing = Set(fields)
        try readFields(of: name) { parser, key in
            missing.remove(key)
            if key == "type" {
                try parser.skipValue()
            } else if fields.contains(key) {
                try body(&parser, key)
            } else {
                throw TokenizerError.unknownField(file: parser.file, field: "\(name).\(key)")
            }
        }
        return type
    }

    /// The `type` of the object that comes next, which stays unread; nil when it has none.
    func peekType() throws -> String? {
        var copy = self
        try copy.beginObject()
        while let key = try copy.nextKey() {
            if key == "type" { return try copy.string() }
            try copy.skipValue()
        }
        return nil
    }

    /// Reads an array of two values.
    mutating func readPair<First, Second>(
        _ expected: String,
        _ first: (inout JSONParser) throws -> First,
        _ second: (inout JSONParser) throws -> Second
    ) throws -> (First, Second) {
        try beginArray()
        guard try nextElement() else { throw unexpected(expected) }
        let first = try first(&self)
        guard try nextElement() else { throw unexpected(expected) }
        let second = try second(&self)
        guard try !nextElement() else { throw unexpected("the end of the list") }
        return (first, second)
    }
}

extension TokenizerError {
    /// Reads a JSON file.
    ///
    /// The readers of its elements say what they expect next and keep nothing else: `tokenizer.json` has tens of
    /// thousands of vocabulary entries, for which a tree would take longer than the model's first answer.
    ///
    /// - Parameters:
    ///   - file: the name that errors carry.
    ///   - body: throws `TokenizerError`, and what the parser throws.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws; an error of the parser as `invalidUTF8` or `malformedJSON`.
    static func naming<Value>(_ file: String, _ body: () throws -> Value) throws(TokenizerError) -> Value {
        do {
            return try body()
        } catch let error as TokenizerError {
            throw error
        } catch let error as JSONSyntaxError where error.fault == .invalidUTF8 {
            throw .invalidUTF8(file: file, byteOffset: error.offset)
        } catch let error as JSONSyntaxError {
            throw .malformedJSON(file: file, byteOffset: error.offset, problem: error.description)
        } catch {
            throw .unreadableFile(file: file, reason: "\(error)")
        }
    }
}

/// Unwraps a value that a file must have.
func required<Value>(_ value: Value?, _ field: String, in file: String) throws(TokenizerError) -> Value {
    guard let value else { throw .missingField(file: file, field: field) }
    return value
}
