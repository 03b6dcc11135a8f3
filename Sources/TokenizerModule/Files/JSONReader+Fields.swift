import FileModule

extension JSONReader {
    /// Reads an object, giving each key to `body`, which must read its value.
    ///
    /// - Throws: `duplicateField` when a key comes twice, and what `body` throws.
    mutating func readFields(
        of name: String,
        _ body: (inout JSONReader, String) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        var seen: Set<String> = []
        try read { (parser) throws(JSONSyntaxError) in try parser.beginObject() }
        while let key = try read({ (parser) throws(JSONSyntaxError) in try parser.nextKey() }) {
            let path = name.isEmpty ? key : "\(name).\(key)"
            guard seen.insert(key).inserted else { throw .duplicateField(file: file, field: path) }
            try body(&self, key)
        }
    }

    /// Reads an array, calling `body` for each element, which it must read.
    mutating func readElements(
        _ body: (inout JSONReader) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        try beginArray()
        while try nextElement() { try body(&self) }
    }

    /// Reads null or what `body` reads.
    mutating func readOptional<Value>(
        _ body: (inout JSONReader) throws(TokenizerError) -> Value
    ) throws(TokenizerError) -> Value? {
        try readNull() ? nil : try body(&self)
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
        _ body: (inout JSONReader, String) throws(TokenizerError) -> Void
    ) throws(TokenizerError) -> String {
        var missing: Set<String> = []
        return try readElement(name, known, missing: &missing, body)
    }

    /// As `readElement(_:_:_:)`; `missing` becomes the fields that the type has and the element has not.
    mutating func readElement(
        _ name: String,
        _ known: [String: [String]],
        missing: inout Set<String>,
        _ body: (inout JSONReader, String) throws(TokenizerError) -> Void
    ) throws(TokenizerError) -> String {
        guard try peekKind() == .object else {
            throw .unsupportedElement(file: file, element: name, type: try peekKind().rawValue)
        }
        // The type may stand behind the fields, but says what they mean: so look for it first.
        let type = try required(try peekType(), "\(name).type", in: file)
        guard let fields = known[type] else {
            throw .unsupportedElement(file: file, element: name, type: type)
        }
        missing = Set(fields)
        try readFields(of: name) { (reader, key) throws(TokenizerError) in
            missing.remove(key)
            if key == "type" {
                try reader.skipValue()
            } else if fields.contains(key) {
                try body(&reader, key)
            } else {
                throw .unknownField(file: reader.file, field: "\(name).\(key)")
            }
        }
        return type
    }

    /// The `type` of the object that comes next, which stays unread; nil when it has none.
    func peekType() throws(TokenizerError) -> String? {
        var copy = self
        try copy.read { (parser) throws(JSONSyntaxError) in try parser.beginObject() }
        while let key = try copy.read({ (parser) throws(JSONSyntaxError) in try parser.nextKey() }) {
            if key == "type" { return try copy.readString() }
            try copy.skipValue()
        }
        return nil
    }

    /// Reads an array of two values.
    mutating func readPair<First, Second>(
        _ expected: String,
        _ first: (inout JSONReader) throws(TokenizerError) -> First,
        _ second: (inout JSONReader) throws(TokenizerError) -> Second
    ) throws(TokenizerError) -> (First, Second) {
        try beginArray()
        guard try nextElement() else { throw unexpected(expected) }
        let first = try first(&self)
        guard try nextElement() else { throw unexpected(expected) }
        let second = try second(&self)
        guard try !nextElement() else { throw unexpected("the end of the list") }
        return (first, second)
    }
}

/// Unwraps a value that a file must have.
func required<Value>(_ value: Value?, _ field: String, in file: String) throws(TokenizerError) -> Value {
    guard let value else { throw .missingField(file: file, field: field) }
    return value
}
