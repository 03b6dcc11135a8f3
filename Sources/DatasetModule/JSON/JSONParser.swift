/// A strict JSON parser (RFC 8259) over bytes in memory, which can pass over what nobody asked for.
///
/// Strings that are not valid Unicode become ``JSONValue/malformedString(reason:)``: one bad string should not
/// cost the rest of a file. Everything else that the grammar does not allow is a ``JSONSyntaxError``.
package struct JSONParser {
    /// How deep arrays and objects may nest: deep enough for any data set, shallow enough for any stack.
    package static let maximumDepth = 100

    let bytes: UnsafeBufferPointer<UInt8>
    /// Offset of the next byte.
    package var position: Int
    private var depth = 0

    /// Creates a parser at the start of the bytes.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        position = 0
    }

    /// The one value that the bytes hold.
    ///
    /// - Parameters:
    ///   - bytes: the text, UTF-8.
    ///   - keys: members of objects with other keys are checked and left out; nil keeps all.
    /// - Returns: the value.
    /// - Throws: ``JSONSyntaxError`` at the first byte that the grammar does not allow.
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>,
        keeping keys: Set<String>? = nil
    ) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(keeping: keys)
        try parser.finish()
        return value
    }

    /// Checks that only white space is left.
    package mutating func finish() throws(JSONSyntaxError) {
        skipSpace()
        guard position == bytes.count else { throw error(.trailingBytes) }
    }

    /// The next value.
    package mutating func value(keeping keys: Set<String>? = nil) throws(JSONSyntaxError) -> JSONValue {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            var members: [(key: String, value: JSONValue)] = []
            try object { parser, key throws(JSONSyntaxError) in
                if let keys, !keys.contains(key) {
                    try parser.skipValue()
                } else {
                    members.append((key, try parser.value(keeping: keys)))
                }
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array { parser throws(JSONSyntaxError) in elements.append(try parser.value(keeping: keys)) }
            return .array(elements)
        case UInt8(ascii: "\""):
            return try string()
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default:
            let range = try number()
            return .number(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
        }
    }

    /// Checks the next value without building it.
    package mutating func skipValue() throws(JSONSyntaxError) {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            try members { parser throws(JSONSyntaxError) in
                _ = try parser.stringRange()
                try parser.expect(UInt8(ascii: ":"), "':'")
                try parser.skipValue()
            }
        case UInt8(ascii: "["): try array { parser throws(JSONSyntaxError) in try parser.skipValue() }
        case UInt8(ascii: "\""): _ = try stringRange()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    /// Reads an object; `body` must consume the value of each key.
    package mutating func object(
        _ body: (inout JSONParser, String) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try members { parser throws(JSONSyntaxError) in
            // A key that is not text cannot be one that anybody asks for.
            let key = if case .string(let key) = try parser.string() { key } else { "\u{FFFD}" }
            try parser.expect(UInt8(ascii: ":"), "':'")
            try body(&parser, key)
        }
    }

    /// Reads an array; `body` must consume each element.
    package mutating func array(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try list(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), "',' or ']'", body)
    }

    private mutating func members(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try list(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), "',' or '}'") {
            parser throws(JSONSyntaxError) in
            guard try parser.peek("a key") == UInt8(ascii: "\"") else { throw parser.unexpected("a key") }
            try body(&parser)
        }
    }

    private mutating func list(
        open: UInt8,
        close: UInt8,
        _ separators: String,
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        try expect(open, "a list")
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        depth += 1
        defer { depth -= 1 }
        if try peek(separators) == close {
            position += 1
            return
        }
        while true {
            try body(&self)
            let byte = try peek(separators)
            guard byte == UInt8(ascii: ",") || byte == close else { throw unexpected(separators) }
            position += 1
            if byte == close { return }
        }
    }

    // MARK: Scanning

    /// The next byte that is not white space, which stays unread.
    mutating func peek(_ expected: String) throws(JSONSyntaxError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw error(.endOfInput) }
        return bytes[position]
    }

    func error(_ fault: JSONSyntaxError.Fault) -> JSONSyntaxError {
        JSONSyntaxError(offset: position, fault: fault)
    }

    func unexpected(_ expected: String) -> JSONSyntaxError {
        guard position < bytes.count else { return error(.endOfInput) }
        return error(.unexpectedByte(bytes[position], expected: expected))
    }

    private mutating func expect(_ byte: UInt8, _ expected: String) throws(JSONSyntaxError) {
        guard try peek(expected) == byte else { throw unexpected(expected) }
        position += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
                throw unexpected("\"\(word)\"")
            }
            position += 1
        }
    }

    /// The range of the next number, which follows the grammar.
    private mutating func number() throws(JSONSyntaxError) -> Range<Int> {
        let start = position
        func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
        func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
        var end = position
        if byte(end) == UInt8(ascii: "-") { end += 1 }
        guard isDigit(byte(end)) else {
            guard end > start else { throw unexpected("a value") }
            throw error(.badNumber)
        }
        if byte(end) == UInt8(ascii: "0") {
            end += 1
            guard !isDigit(byte(end)) else { throw error(.badNumber) }
        }
        while isDigit(byte(end)) { end += 1 }
        if byte(end) == UInt8(ascii: ".") {
            end += 1
            guard isDigit(byte(end)) else { throw error(.badNumber) }
            while isDigit(byte(end)) { end += 1 }
        }
        if byte(end) | 0x20 == UInt8(ascii: "e") {
            end += 1
            if byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-") { end += 1 }
            guard isDigit(byte(end)) else { throw error(.badNumber) }
            while isDigit(byte(end)) { end += 1 }
        }
        position = end
        return start..<end
    }
}
