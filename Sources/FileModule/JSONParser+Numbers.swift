extension JSONParser {
    /// The next value, which must be a whole number written without fraction and exponent.
    package mutating func integer() throws(JSONSyntaxError) -> Int {
        let range = try number()
        var digits = bytes[range]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        var value = 0
        for byte in digits {
            guard Self.isDigit(byte) else { throw error(.notAnInteger, at: range.lowerBound) }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { throw error(.integerTooLarge, at: range.lowerBound) }
            value = sum
        }
        return value
    }

    /// The next value, which must be a number, correctly rounded; infinite beyond the range of doubles.
    package mutating func double() throws(JSONSyntaxError) -> Double {
        let range = try number()
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)) else {
            throw error(.badNumber, at: range.lowerBound)
        }
        return value
    }

    /// The range of the next value, which must be a number: -? (0 | 1-9 digits) (. digits)? ([eE] [+-]? digits)?
    mutating func number() throws(JSONSyntaxError) -> Range<Int> {
        _ = try peek()
        let start = position
        var index = position
        func byte(_ offset: Int) -> UInt8 { offset < end ? bytes[offset] : 0 }
        if byte(index) == UInt8(ascii: "-") { index += 1 }
        guard Self.isDigit(byte(index)) else {
            throw index > start ? error(.badNumber) : unexpected("a number")
        }
        if byte(index) == UInt8(ascii: "0") {
            index += 1
            guard !Self.isDigit(byte(index)) else { throw error(.badNumber) }
        }
        while Self.isDigit(byte(index)) { index += 1 }
        if byte(index) == UInt8(ascii: ".") {
            index += 1
            guard Self.isDigit(byte(index)) else { throw error(.badNumber) }
            while Self.isDigit(byte(index)) { index += 1 }
        }
        if byte(index) | 0x20 == UInt8(ascii: "e") {
            index += 1
            if byte(index) == UInt8(ascii: "+") || byte(index) == UInt8(ascii: "-") { index += 1 }
            guard Self.isDigit(byte(index)) else { throw error(.badNumber) }
            while Self.isDigit(byte(index)) { index += 1 }
        }
        position = index
        return start..<index
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
