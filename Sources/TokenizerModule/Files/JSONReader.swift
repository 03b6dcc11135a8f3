import FileModule

/// Reads the JSON files of a tokenizer front to back, value by value, and keeps nothing: `tokenizer.json` has tens
/// of thousands of vocabulary entries, for which a tree would take longer than the model's first answer.
///
/// The caller says what it expects next; anything else is `TokenizerError.malformedJSON` with the byte.
struct JSONReader {
    /// The name that errors carry.
    let file: String
    private var parser: JSONParser

    /// - Throws: `invalidUTF8`.
    init(bytes: [UInt8], file: String) throws(TokenizerError) {
        self.file = file
        do throws(JSONSyntaxError) {
            parser = try JSONParser(bytes)
        } catch {
            throw TokenizerError(error, in: file)
        }
    }

    /// Reads with the parser itself, whose errors get the file's name.
    mutating func read<Value>(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> Value
    ) throws(TokenizerError) -> Value {
        do throws(JSONSyntaxError) {
            return try body(&parser)
        } catch {
            throw TokenizerError(error, in: file)
        }
    }

    /// The error of a caller that cannot use what comes next.
    func unexpected(_ expected: String) -> TokenizerError {
        TokenizerError(parser.unexpected(expected), in: file)
    }

    mutating func peekKind() throws(TokenizerError) -> JSONValue.Kind {
        try read { (parser) throws(JSONSyntaxError) in try parser.peekKind() }
    }

    mutating func beginArray() throws(TokenizerError) {
        try read { (parser) throws(JSONSyntaxError) in try parser.beginArray() }
    }

    /// Whether an element follows, which must then be read; false when the array has ended.
    mutating func nextElement() throws(TokenizerError) -> Bool {
        try read { (parser) throws(JSONSyntaxError) in try parser.nextElement() }
    }

    mutating func readString() throws(TokenizerError) -> String {
        try read { (parser) throws(JSONSyntaxError) in try parser.string() }
    }

    mutating func readBool() throws(TokenizerError) -> Bool {
        try read { (parser) throws(JSONSyntaxError) in try parser.bool() }
    }

    mutating func readInteger() throws(TokenizerError) -> Int {
        try read { (parser) throws(JSONSyntaxError) in try parser.integer() }
    }

    mutating func readDouble() throws(TokenizerError) -> Double {
        try read { (parser) throws(JSONSyntaxError) in try parser.double() }
    }

    /// Steps over null, or returns false and stays.
    mutating func readNull() throws(TokenizerError) -> Bool {
        try read { (parser) throws(JSONSyntaxError) in try parser.null() }
    }

    /// Steps over a value of any kind, checking it all the same.
    mutating func skipValue() throws(TokenizerError) {
        try read { (parser) throws(JSONSyntaxError) in try parser.skipValue() }
    }

    /// Makes sure that nothing but white space follows.
    mutating func finish() throws(TokenizerError) {
        try read { (parser) throws(JSONSyntaxError) in try parser.finish() }
    }
}

extension TokenizerError {
    fileprivate init(_ error: JSONSyntaxError, in file: String) {
        self =
            error.fault == .invalidUTF8
            ? .invalidUTF8(file: file, byteOffset: error.offset)
            : .malformedJSON(file: file, byteOffset: error.offset, problem: error.description)
    }
}
