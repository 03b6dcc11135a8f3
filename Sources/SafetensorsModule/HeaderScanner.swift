/// A strict scanner for the JSON of a safetensors header.
///
/// A general JSON decoder will not do: it merges duplicate keys and rounds numbers. This one is driven by the
/// format's fixed schema, so no nesting in the input can make it recurse. The bytes must be valid UTF-8 and
/// outlive the scanner. Objects are read as `enterObject()`, then `while let key = nextKey()` and a value;
/// arrays likewise with `enterArray()` and `nextElement()`.
struct HeaderScanner {
    let file: String
    /// The tensor whose entry is being read, for error messages.
    var tensor: String?
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// Whether the innermost object or array was just entered, so that no comma is due.
    private var justEntered = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.bytes = bytes
        self.file = file
    }

    func malformed(_ problem: String) -> SafetensorsError {
        .headerMalformed(file: file, tensor: tensor, byteOffset: position, problem: problem)
    }

    /// The byte at the current position; nil at the end.
    ///
    /// The only place that reads a byte.
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while skip(" ") || skip("\n") || skip("\r") || skip("\t") {}
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    // MARK: Objects and arrays

    mutating func enterObject(_ expected: String) throws(SafetensorsError) {
        skipWhitespace()
        guard skip("{") else { throw malformed("expected \(expected), an object") }
        justEntered = true
    }

    mutating func enterArray(_ expected: String) throws(SafetensorsError) {
        skipWhitespace()
        guard skip("[") else { throw malformed("expected \(expected), an array") }
        justEntered = true
    }

    /// The key of the next member, with the position at its value; nil when the object is closed.
    mutating func nextKey() throws(SafetensorsError) -> String? {
        guard try nextMember(closing: "}") else { return nil }
        let key = try string("a key")
        skipWhitespace()
        guard skip(":") else { throw malformed("expected ':'") }
        return key
    }

    /// Whether another element follows, with the position at it; false when the array is closed.
    mutating func nextElement() throws(SafetensorsError) -> Bool {
        try nextMember(closing: "]")
    }

    private mutating func nextMember(closing bracket: Unicode.Scalar) throws(SafetensorsError) -> Bool {
        skipWhitespace()
        defer { justEntered = false }
        if skip(bracket) { return false }
        guard justEntered || skip(",") else { throw malformed("expected ',' or '\(bracket)'") }
        return true
    }

    /// Checks that nothing but the padding that the format allows, spaces, is left.
    mutating func expectEnd() throws(SafetensorsError) {
        while skip(" ") {}
        guard current == nil else { throw malformed("expected nothing but spaces after the closing '}'") }
    }

    // MARK: Values

    /// An integer from 0 to `Int.max`, written without sign, fraction, exponent or leading zeros.
    mutating func integer(key: String) throws(SafetensorsError) -> Int {
        skipWhitespace()
        let start = position
        while let byte = current, "+-.0123456789Ee".utf8.contains(byte) { position += 1 }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
        guard !text.isEmpty else { throw malformed("expected an integer in \"\(key)\"") }

        var value = 0
        for byte in text {
            let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.addingReportingOverflow(Int(byte) - Int(UInt8(ascii: "0")))
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard isDigit, !tensOverflow, !sumOverflow else { throw invalidNumber(text, key: key) }
            value = sum
        }
        guard text.count == 1 || text[0] != UInt8(ascii: "0") else { throw invalidNumber(text, key: key) }
        return value
    }

    private func invalidNumber(_ text: UnsafeBufferPointer<UInt8>, key: String) -> SafetensorsError {
        let shown = String(decoding: text.prefix(40), as: UTF8.self)
        return .invalidNumber(file: file, tensor: tensor ?? "", key: key, text: shown)
    }

    mutating func string(_ expected: String) throws(SafetensorsError) -> String {
        skipWhitespace()
        guard skip("\"") else { throw malformed("expected \(expected), a string") }
        let start = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw malformed("a control character in a string")
            default:
                position += 1
            }
        }
        throw malformed("the string does not end")
    }

    /// The rest of a string whose first escape is at the position and whose content began at `start`.
    private mutating func escapedString(from start: Int) throws(SafetensorsError) -> String {
        var content = Array(bytes[start..<position])
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: content, as: UTF8.self)
            }
            guard byte >= 0x20 else { throw malformed("a control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                content.append(contentsOf: String(try escape()).utf8)
            } else {
                content.append(byte)
            }
        }
        throw malformed("the string does not end")
    }

    /// What the escape whose backslash was just passed stands for.
    private mutating func escape() throws(SafetensorsError) -> Unicode.Scalar {
        guard let byte = current else { throw malformed("the string does not end") }
        position += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return Unicode.Scalar(byte)
        case "b": return "\u{08}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default:
            position -= 1
            throw malformed("an unknown escape")
        }
        var value = try hexadecimalUnit()
        if (0xD800..<0xDC00).contains(value), skip("\\"), skip("u") {
            let low = try hexadecimalUnit()
            // A wrong second half makes a value that is no scalar, as does a missing one.
            value =
                (0xDC00..<0xE000).contains(low) ? 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) : value
        }
        guard let scalar = Unicode.Scalar(value) else { throw malformed("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimalUnit() throws(SafetensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw malformed("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
