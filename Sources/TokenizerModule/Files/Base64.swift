/// Reads base64 (RFC 4648, section 4), padding included.
enum Base64 {
    /// The bytes of a text, nil when it is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        let padding = digits.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        var buffer: UInt32 = 0
        for (index, digit) in digits.dropLast(padding).enumerated() {
            guard let value = value(of: digit) else { return nil }
            buffer = buffer << 6 | value
            if index % 4 > 0 {
                bytes.append(UInt8(truncatingIfNeeded: buffer >> (6 - 2 * UInt32(index % 4))))
            }
        }
        // Three digits have two bytes and two digits one; the bits that are left over must be 0.
        let rest = [0, 0x3, 0xF][padding] as UInt32
        return buffer & rest == 0 ? bytes : nil
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
