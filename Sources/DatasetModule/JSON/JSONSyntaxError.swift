/// Where and why bytes are not JSON (RFC 8259).
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
    }

    /// Offset of the byte at fault.
    package let offset: Int
    package let fault: Fault

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
        case .unexpectedByte(let byte, let expected): "\(Self.name(byte)) where \(expected) should be"
        case .controlCharacter(let byte): "\(Self.name(byte)) in a string; write it as an escape"
        case .badEscape: "invalid escape in a string"
        case .badNumber: "invalid number"
        case .tooDeep: "nested more than \(JSONParser.maximumDepth) deep"
        case .trailingBytes: "something follows the end of the document"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'"
            : "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
    }
}
