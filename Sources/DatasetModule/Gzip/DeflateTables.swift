/// The constants of RFC 1951, section 3.2.
enum DeflateTables {
    /// The order in which a dynamic block sends the lengths of the code-length codes.
    static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// The lengths of the fixed code for literals and lengths.
    static let fixedLiteralLengths: [UInt8] =
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
        + Array(repeating: 8, count: 8)

    /// The shortest match of a length symbol (0 to 28), and how many extra bits are added to it.
    @inline(__always)
    static func length(_ symbol: Int) -> (base: Int, extraBits: Int) {
        if symbol < 8 { return (symbol + 3, 0) }
        if symbol == 28 { return (258, 0) }
        let extraBits = symbol >> 2 - 1
        return ((4 | symbol & 3) << extraBits + 3, extraBits)
    }

    /// The shortest distance of a distance symbol (0 to 29), and how many extra bits are added to it.
    @inline(__always)
    static func distance(_ symbol: Int) -> (base: Int, extraBits: Int) {
        if symbol < 4 { return (symbol + 1, 0) }
        let extraBits = symbol >> 1 - 1
        return ((2 | symbol & 1) << extraBits + 1, extraBits)
    }
}
