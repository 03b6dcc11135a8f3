extension JSONParser {
    /// The next value, which must be a string.
    package mutating func string() throws(JSONSyntaxError) -> String {
        try text().get()
    }

    /// Appends the UTF-8 bytes of a string, escapes resolved.
    package mutating func string(appendingTo buffer: inout [UInt8]) throws(JSONSyntaxError) {
        let (range, hasEscapes) = try stringRange()
        if !hasEscapes {
            buffer.append(contentsOf: bytes[range])
        } else if let offset = unescape(range, appendingTo: &buffer) {
            throw error(.halfSurrogate, at: offset)
        }
    }

    /// The next string; where the parser is not strict, perhaps one that is not text.
    mutating func stringValue() throws(JSONSyntaxError) -> JSONValue {
        switch try text() {
        case .success(let text): return .string(text)
        case .failure(let error):
            guard !isStrict else { throw error }
            return .malformedString(reason: error.description)
        }
    }

    /// Passes over a string and checks it.
    mutating func skipString() throws(JSONSyntaxError) {
        let (range, hasEscapes) = try stringRange()
        guard isStrict, hasEscapes else { return }
        var ignored: [UInt8] = []
        if let offset = unescape(range, appendingTo: &ignored) { throw error(.halfSurrogate, at: offset) }
    }

    /// The next string, or why it is not Unicode text.
    private mutating func text() throws(JSONSyntaxError) -> Result<String, JSONSyntaxError> {
        let (range, hasEscapes) = try stringRange()
        let text: String?
        if hasEscapes {
            var unescaped: [UInt8] = []
            unescaped.reserveCapacity(range.count)
            if let offset = unescape(range, appendingTo: &unescaped) {
                return .failure(error(.halfSurrogate, at: offset))
            }
            text = String(validating: unescaped, as: UTF8.self)
        } else {
            text = String(validating: bytes[range], as: UTF8.self)
        }
        return text.map(Result.success) ?? .failure(error(.invalidUTF8, at: range.lowerBound))
    }

    /// Passes over the next string and checks its escapes; the range is without the quotes.
    private mutating func stringRange() throws(JSONSyntaxError) -> (range: Range<Int>, hasEscapes: Bool) {
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected("a string") }
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlainBytes()
            guard position < end else { throw error(.endOfInput) }
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
        position = bytes.withUnsafeBytes { raw in
            var index = position
            while index + 8 <= end {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                // A byte's high bit is set where the byte is zero (or borrowed from: then an earlier one is).
                let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
                let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
                let found =
                    ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                    | ((word &- ones &* 0x20) & ~word)
                if found & highs != 0 { break }
                index += 8
            }
            while index < end, raw[index] >= 0x20, raw[index] != UInt8(ascii: "\""),
                raw[index] != UInt8(ascii: "\\")
            {
                index += 1
            }
            return index
        }
    }

    private mutating func skipEscape() throws(JSONSyntaxError) {
        guard position + 1 < end else { throw error(.endOfInput) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= end else { throw error(.endOfInput) }
            for index in position + 2..<position + 6 where Self.hexValue(bytes[index]) == nil {
                throw error(.badEscape)
            }
            position += 6
        default:
            throw error(.badEscape)
        }
    }

    /// Appends the bytes with their escapes, which are known to be well-formed, resolved.
    ///
    /// - Returns: the offset of half a surrogate pair, at which the work ends; nil when all is done.
    private func unescape(_ range: Range<Int>, appendingTo result: inout [UInt8]) -> Int? {
        func unit(at index: Int) -> UInt32 {
            bytes[index..<index + 4].reduce(0) { $0 << 4 | UInt32(Self.hexValue($1) ?? 0) }
        }
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let start = index
            let kind = bytes[index + 1]
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
                if value & 0xFC00 == 0xD800, index + 6 <= range.upperBound,
                    bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
                    unit(at: index + 2) & 0xFC00 == 0xDC00
                {
                    value = 0x10000 + (value & 0x3FF) << 10 + unit(at: index + 2) & 0x3FF
                    index += 6
                }
                guard let scalar = Unicode.Scalar(value) else { return start }
                result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            default: result.append(kind)
            }
        }
        return nil
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
