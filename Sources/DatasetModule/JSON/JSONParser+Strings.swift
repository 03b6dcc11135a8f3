extension JSONParser {
    /// The next string; the parser stands at its opening quote.
    mutating func string() throws(JSONSyntaxError) -> JSONValue {
        let (range, hasEscapes) = try stringRange()
        let raw = UnsafeBufferPointer(rebasing: bytes[range])
        if !hasEscapes {
            guard let text = String(validating: raw, as: UTF8.self) else {
                return .malformedString(reason: "invalid UTF-8")
            }
            return .string(text)
        }
        guard let unescaped = Self.unescape(raw) else {
            return .malformedString(reason: "half of a surrogate pair in a \\u escape")
        }
        guard let text = String(validating: unescaped, as: UTF8.self) else {
            return .malformedString(reason: "invalid UTF-8")
        }
        return .string(text)
    }

    /// Passes over the next string and checks its escapes; the range is without the quotes.
    mutating func stringRange() throws(JSONSyntaxError) -> (range: Range<Int>, hasEscapes: Bool) {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlainBytes()
            guard position < bytes.count else { throw error(.endOfInput) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position - 1, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case let byte:
                throw error(.controlCharacter(byte))
            }
        }
    }

    /// Moves to the next quote, backslash or control character, eight bytes a step.
    private mutating func skipPlainBytes() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            while position + 8 <= bytes.count {
                let word = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                // A byte's high bit is set where the byte is zero (or borrowed from: then an earlier one is).
                let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
                let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
                let found =
                    ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                    | ((word &- ones &* 0x20) & ~word)
                if found & highs != 0 { break }
                position += 8
            }
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            position += 1
        }
    }

    private mutating func skipEscape() throws(JSONSyntaxError) {
        guard position + 1 < bytes.count else { throw error(.endOfInput) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= bytes.count else { throw error(.endOfInput) }
            for index in position + 2..<position + 6 where Self.hexValue(bytes[index]) == nil {
                throw error(.badEscape)
            }
            position += 6
        default:
            throw error(.badEscape)
        }
    }

    /// The bytes with their escapes, which are known to be well-formed, resolved; nil for half a surrogate pair.
    private static func unescape(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var index = 0
        func unit(at index: Int) -> UInt32 {
            raw[index..<index + 4].reduce(0) { $0 << 4 | UInt32(hexValue($1) ?? 0) }
        }
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                result.append(raw[index])
                index += 1
                continue
            }
            let kind = raw[index + 1]
            index += 2
            switch kind {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var value = unit(at: index)
                index += 4
                if value & 0xFC00 == 0xD800, index + 6 <= raw.count, raw[index] == UInt8(ascii: "\\"),
                    raw[index + 1] == UInt8(ascii: "u"), unit(at: index + 2) & 0xFC00 == 0xDC00
                {
                    value = 0x10000 + (value & 0x3FF) << 10 + unit(at: index + 2) & 0x3FF
                    index += 6
                }
                guard let scalar = Unicode.Scalar(value) else { return nil }
                result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            default: result.append(kind)
            }
        }
        return result
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
