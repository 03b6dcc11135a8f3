extension JSONReader {
    mutating func readString() throws(TokenizerError) -> String {
        var buffer: [UInt8] = []
        try readString(appendingTo: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Appends the UTF-8 bytes of a string, escapes resolved.
    mutating func readString(appendingTo buffer: inout [UInt8]) throws(TokenizerError) {
        try expect(UInt8(ascii: "\""), "a string was expected")
        while true {
            let start = position
            while position < bytes.count, !Self.endsPlainRun(bytes[position]) { position += 1 }
            buffer.append(contentsOf: bytes[start..<position])
            guard position < bytes.count else { throw failure("the string does not end") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                try readEscape(appendingTo: &buffer)
            default:
                throw failure("a control character must be escaped")
            }
        }
    }

    @inline(__always)
    private static func endsPlainRun(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
    }

    private mutating func readEscape(appendingTo buffer: inout [UInt8]) throws(TokenizerError) {
        let start = position
        position += 1
        let letter = currentByte
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(letter)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try readHexadecimal(of: start)
            if (0xD800...0xDBFF).contains(scalar) {
                guard consume("\\u") else { throw failure("half of a surrogate pair", at: start) }
                let low = try readHexadecimal(of: start)
                guard (0xDC00...0xDFFF).contains(low) else {
                    throw failure("half of a surrogate pair", at: start)
                }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            } else if (0xDC00...0xDFFF).contains(scalar) {
                throw failure("half of a surrogate pair", at: start)
            }
            UTF8Bytes.encode(scalar) { buffer.append($0) }
        default: throw failure("an escape that JSON does not have", at: start)
        }
    }

    private mutating func readHexadecimal(of start: Int) throws(TokenizerError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch currentByte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = currentByte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = currentByte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = currentByte - UInt8(ascii: "A") + 10
            default: throw failure("four hexadecimal digits were expected after \\u", at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
