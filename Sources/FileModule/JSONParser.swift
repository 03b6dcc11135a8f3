/// A strict JSON parser (RFC 8259) over bytes in memory, read front to back.
///
/// A caller that knows what comes next takes it value by value and keeps nothing: `beginObject()`, then
/// `nextKey()` until nil and a value after each; `beginArray()`, then `nextElement()` until false and a value
/// after each. `value(keeping:)` builds a tree, `skipValue()` only checks. What the grammar does not allow, or
/// what is of another kind than was asked for, is a ``JSONSyntaxError`` that names the byte.
package struct JSONParser {
    /// How deep arrays and objects may nest: deep enough for any file, shallow enough for any stack.
    package static let maximumDepth = 100

    package let bytes: [UInt8]
    /// What the errors of whoever reads with the parser call the bytes.
    package let file: String
    /// Offset behind the last byte to read.
    let end: Int
    /// Offset of the next byte.
    package internal(set) var position: Int
    /// Offset of the key that was read last.
    package private(set) var keyOffset = 0
    /// Whether all strings must be Unicode text, and no object may have a key twice in `value(keeping:)`.
    let isStrict: Bool
    private var depth = 0
    /// True between the bracket that opens an object or array and its first key or element.
    private var isAtStart = false

    /// A parser that takes Unicode text only and gives no object with a key twice.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - file: its name, for the errors of whoever reads with the parser.
    /// - Throws: ``JSONSyntaxError`` when the bytes are not UTF-8.
    package init(_ bytes: [UInt8], file: String = "") throws(JSONSyntaxError) {
        self.bytes = bytes
        self.file = file
        end = bytes.count
        position = 0
        isStrict = true
        if let offset = bytes.firstInvalidUTF8Offset {
            throw JSONSyntaxError(offset: offset, fault: .invalidUTF8)
        }
    }

    /// A parser that hands out what is JSON, but not Unicode text or has keys twice: one bad string should not
    /// cost the rest of a data set.
    ///
    /// Such strings become ``JSONValue/malformedString(reason:)``; `nextKey()` gives U+FFFD for such a key.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - range: where in it the value is; all if nil.
    package init(keepingMalformed bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        file = ""
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
        isStrict = false
    }

    /// Makes sure that nothing but white space follows.
    package mutating func finish() throws(JSONSyntaxError) {
        skipSpace()
        guard position == end else { throw error(.trailingBytes) }
    }

    /// The kind of the value that comes next, told by its first byte.
    package mutating func peekKind() throws(JSONSyntaxError) -> JSONValue.Kind {
        switch try peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw unexpected("a value")
        }
    }

    // MARK: Objects and arrays

    package mutating func beginObject() throws(JSONSyntaxError) {
        try begin(UInt8(ascii: "{"), "an object")
    }

    /// The next key with its colon consumed; nil when the object has ended.
    package mutating func nextKey() throws(JSONSyntaxError) -> String? {
        guard try advanceToKey() else { return nil }
        // A key that is not text cannot be one that anybody asks for.
        let key = if case .string(let key) = try stringValue() { key } else { "\u{FFFD}" }
        try expect(UInt8(ascii: ":"), "':'")
        return key
    }

    /// As `nextKey()`, but appends the key's UTF-8 bytes to `buffer`; false when the object has ended.
    package mutating func nextKey(appendingTo buffer: inout [UInt8]) throws(JSONSyntaxError) -> Bool {
        guard try advanceToKey() else { return false }
        try string(appendingTo: &buffer)
        try expect(UInt8(ascii: ":"), "':'")
        return true
    }

    /// As `nextKey()`, but only checks the key; false when the object has ended.
    mutating func skipKey() throws(JSONSyntaxError) -> Bool {
        guard try advanceToKey() else { return false }
        try skipString()
        try expect(UInt8(ascii: ":"), "':'")
        return true
    }

    package mutating func beginArray() throws(JSONSyntaxError) {
        try begin(UInt8(ascii: "["), "an array")
    }

    /// Whether an element follows, which must then be read; false when the array has ended.
    package mutating func nextElement() throws(JSONSyntaxError) -> Bool {
        try advance(to: UInt8(ascii: "]"), "',' or ']'")
    }

    private mutating func begin(_ bracket: UInt8, _ expected: String) throws(JSONSyntaxError) {
        guard try peek() == bracket else { throw unexpected(expected) }
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        depth += 1
        position += 1
        isAtStart = true
    }

    private mutating func advanceToKey() throws(JSONSyntaxError) -> Bool {
        guard try advance(to: UInt8(ascii: "}"), "',' or '}'") else { return false }
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected("a key") }
        keyOffset = position
        return true
    }

    /// Steps over the comma, or over the closing bracket and returns false.
    private mutating func advance(
        to bracket: UInt8,
        _ separators: String
    ) throws(JSONSyntaxError) -> Bool {
        let byte = try peek()
        if byte == bracket {
            position += 1
            depth -= 1
            isAtStart = false
            return false
        }
        if !isAtStart {
            guard byte == UInt8(ascii: ",") else { throw unexpected(separators) }
            position += 1
        }
        isAtStart = false
        return true
    }

    // MARK: Bytes

    /// The next byte that is not white space, which stays unread.
    @inline(__always)
    mutating func peek() throws(JSONSyntaxError) -> UInt8 {
        skipSpace()
        guard position < end else { throw error(.endOfInput) }
        return bytes[position]
    }

    package func error(_ fault: JSONSyntaxError.Fault, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset ?? position, fault: fault)
    }

    /// The error of a caller that cannot use what comes next.
    package func unexpected(_ expected: String) -> JSONSyntaxError {
        guard position < end else { return error(.endOfInput) }
        return error(.unexpectedByte(bytes[position], expected: expected))
    }

    private mutating func expect(_ byte: UInt8, _ expected: String) throws(JSONSyntaxError) {
        guard try peek() == byte else { throw unexpected(expected) }
        position += 1
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
