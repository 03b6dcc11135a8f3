/// Reads JSON front to back, value by value, and keeps nothing: `tokenizer.json` has tens of thousands of
/// vocabulary entries, for which a decoder that builds a tree takes longer than the model's first answer.
///
/// The caller says what it expects next; anything else is `TokenizerError.malformedJSON` with the byte. An
/// object or array is read with `beginObject`, then `nextKey` until nil, or `beginArray` and `nextElement`.
struct JSONReader {
    /// What a value is, told by its first byte.
    enum Kind: String {
        case object, array, string, number, boolean, null
    }

    /// The name that errors carry.
    let file: String
    let bytes: [UInt8]
    var position = 0
    /// True between the bracket that opens an object or array and its first key or element.
    private var isAtStart = false
    private static let maximumDepth = 64

    /// - Throws: `invalidUTF8`.
    init(bytes: [UInt8], file: String) throws(TokenizerError) {
        if let offset = UTF8Bytes.firstInvalidOffset(in: bytes) {
            throw .invalidUTF8(file: file, byteOffset: offset)
        }
        self.bytes = bytes
        self.file = file
    }

    /// The kind of the value that comes next.
    mutating func peekKind() throws(TokenizerError) -> Kind {
        skipWhitespace()
        switch currentByte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw failure("a value was expected")
        }
    }

    // MARK: Objects and arrays

    mutating func beginObject() throws(TokenizerError) {
        try expect(UInt8(ascii: "{"), "an object was expected")
        isAtStart = true
    }

    /// The next key with its colon consumed, nil when the object has ended.
    mutating func nextKey() throws(TokenizerError) -> String? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        let key = try readString()
        try expect(UInt8(ascii: ":"), "':' was expected")
        return key
    }

    /// As `nextKey`, but appends the key's bytes to `buffer`; false when the object has ended.
    mutating func nextKey(appendingTo buffer: inout [UInt8]) throws(TokenizerError) -> Bool {
        guard try advance(to: UInt8(ascii: "}")) else { return false }
        try readString(appendingTo: &buffer)
        try expect(UInt8(ascii: ":"), "':' was expected")
        return true
    }

    mutating func beginArray() throws(TokenizerError) {
        try expect(UInt8(ascii: "["), "an array was expected")
        isAtStart = true
    }

    /// Whether an element follows, which must then be read; false when the array has ended.
    mutating func nextElement() throws(TokenizerError) -> Bool {
        try advance(to: UInt8(ascii: "]"))
    }

    /// Makes sure that nothing but white space follows.
    mutating func finish() throws(TokenizerError) {
        skipWhitespace()
        if position < bytes.count { throw failure("there is more after the end of the value") }
    }

    /// Steps over the comma, or over the closing bracket and returns false.
    private mutating func advance(to close: UInt8) throws(TokenizerError) -> Bool {
        skipWhitespace()
        if currentByte == close {
            position += 1
            isAtStart = false
            return false
        }
        if !isAtStart {
            try expect(UInt8(ascii: ","), "',' or '\(Character(Unicode.Scalar(close)))' was expected")
        }
        isAtStart = false
        return true
    }

    // MARK: Scalars

    mutating func readBool() throws(TokenizerError) -> Bool {
        skipWhitespace()
        if consume("true") { return true }
        if consume("false") { return false }
        throw failure("true or false was expected")
    }

    /// Steps over null, or returns false and stays.
    mutating func readNull() throws(TokenizerError) -> Bool {
        guard try peekKind() == .null else { return false }
        guard consume("null") else { throw failure("null was expected") }
        return true
    }

    mutating func readInteger() throws(TokenizerError) -> Int {
        skipWhitespace()
        let start = position
        try skipNumber()
        var value = 0
        let isNegative = bytes[start] == UInt8(ascii: "-")
        for byte in bytes[(isNegative ? start + 1 : start)..<position] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                throw failure("a whole number was expected", at: start)
            }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { throw failure("the number is too large", at: start) }
            value = sum
        }
        return value
    }

    /// Steps over a value of any kind, checking it all the same.
    mutating func skipValue() throws(TokenizerError) {
        try skipValue(depth: 0)
    }

    private mutating func skipValue(depth: Int) throws(TokenizerError) {
        if depth > Self.maximumDepth {
            throw failure("values are nested more than \(Self.maximumDepth) deep")
        }
        switch try peekKind() {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skipValue(depth: depth + 1) }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue(depth: depth + 1) }
        case .string: _ = try readString()
        case .number: try skipNumber()
        case .boolean: _ = try readBool()
        case .null: _ = try readNull()
        }
    }

    // MARK: Bytes

    func failure(_ problem: String, at offset: Int? = nil) -> TokenizerError {
        .malformedJSON(file: file, byteOffset: offset ?? position, problem: problem)
    }

    /// The byte at `position`; 0, which no JSON token begins with, at the end.
    var currentByte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func expect(_ byte: UInt8, _ problem: String) throws(TokenizerError) {
        skipWhitespace()
        guard currentByte == byte else { throw failure(problem) }
        position += 1
    }

    mutating func consume(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        let matches = word.withUTF8Buffer { bytes[position..<position + count].elementsEqual($0) }
        if matches { position += count }
        return matches
    }

    /// -? (0 | 1-9 digits) (. digits)? ([eE] [+-]? digits)?
    private mutating func skipNumber() throws(TokenizerError) {
        let start = position
        if currentByte == UInt8(ascii: "-") { position += 1 }
        if currentByte == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits(of: start)
        }
        if currentByte == UInt8(ascii: ".") {
            position += 1
            try skipDigits(of: start)
        }
        if currentByte == UInt8(ascii: "e") || currentByte == UInt8(ascii: "E") {
            position += 1
            if currentByte == UInt8(ascii: "+") || currentByte == UInt8(ascii: "-") { position += 1 }
            try skipDigits(of: start)
        }
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(currentByte) {
            throw failure("a number must not begin with 0", at: start)
        }
    }

    private mutating func skipDigits(of start: Int) throws(TokenizerError) {
        let first = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(currentByte) { position += 1 }
        if position == first { throw failure("a number was expected", at: start) }
    }
}
