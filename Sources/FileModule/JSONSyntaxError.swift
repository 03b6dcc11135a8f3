/// Where and why bytes are not JSON (RFC 8259), or not the value that was asked for.
package struct JSONSyntaxError: Error, Equatable {
    /// What is wrong.
    package enum Fault: Equatable, Sendable {
        case endOfInput
        case unexpectedByte(UInt8, expected: String)
        case controlCharacter(UInt8)
        case badEscape
        case badNumber
        case tooDeep
        case trailingBytes
        /// A number with fraction or exponent where a whole one was asked for.
        case notAnInteger
        /// A whole number that does not fit into 64 bits.
        case integerTooLarge
        case duplicateKey(String)
        case invalidUTF8
        case halfSurrogate
    }

    /// Offset of the byte at fault.
    package let offset: Int
    package let fault: Fault

    package init(offset: Int, fault: Fault) {
        self.offset = offset
        self.fault = fault
    }

    /// Line and column, in bytes from 1, of the fault in the bytes that were parsed.
    package func lineAndColumn(in bytes: some Collection<UInt8>) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            column += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            }
        }
        return (line, column)
    }
}

extension JSONSyntaxError: CustomStringConvertible {
    package var description: String {
        switch fault {
        case .endOfInput: "it ends too early"
        case .unexpectedByte(UInt8(ascii: "N"), "a value"):
            "'N' where a value should be (NaN is not JSON; write null)"
        case .unexpectedByte(let byte, let expected): "\(Self.name(byte)) where \(expected) should be"
        case .controlCharacter(let byte): "\(Self.name(byte)) in a string; write it as an escape"
        case .badEscape: "invalid escape in a string"
        case .badNumber: "invalid number"
        case .tooDeep: "nested more than \(JSONParser.maximumDepth) deep"
        case .trailingBytes: "something follows the end of the document"
        case .notAnInteger: "a number that is not whole"
        case .integerTooLarge: "a number that is too large"
        case .duplicateKey(let key): "the key \(JSONText.quoted(key)) stands twice in one object"
        case .invalidUTF8: "invalid UTF-8"
        case .halfSurrogate: "half of a surrogate pair in a \\u escape"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'"
            : "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
    }
}
