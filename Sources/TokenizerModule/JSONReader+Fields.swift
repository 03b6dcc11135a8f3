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
    /// - Throws: `unsupportedElement`, `unknownField`, and what `body` throws.
    mutating func readElement(
        _ name: String,
        _ known: [String: [String]],
        _ body: (inout JSONReader, String) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        guard try peekKind() == .object else {
            throw .unsupportedElement(file: file, element: name, type: try peekKind().rawValue)
        }
        // The type may stand behind the fields, but says what they mean: so look for it first.
        let type = try peekType(name)
        guard let fields = known[type] else {
            throw .unsupportedElement(file: file, element: name, type: type)
        }
        try readFields(of: name) { (reader, key) throws(TokenizerError) in
            if key == "type" {
                try reader.skipValue()
            } else if fields.contains(key) {
                try body(&reader, key)
            } else {
                throw .unknownField(file: reader.file, field: "\(name).\(key)")
            }
        }
    }

    private func peekType(_ name: String) throws(TokenizerError) -> String {
        var copy = self
        var type: String?
        try copy.readFields(of: name) { (reader, key) throws(TokenizerError) in
            if key == "type" { type = try reader.readString() } else { try reader.skipValue() }
        }
        return try required(type, "\(name).type", in: file)
    }
}

/// Unwraps a value that a file must have.
func required<Value>(_ value: Value?, _ field: String, in file: String) throws(TokenizerError) -> Value {
    guard let value else { throw .missingField(file: file, field: field) }
    return value
}
