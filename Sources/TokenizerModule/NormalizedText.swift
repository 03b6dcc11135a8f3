/// Normalized text that knows which scalar of the original text each of its bytes came from.
struct NormalizedText {
    /// UTF-8.
    var bytes: [UInt8] = []
    /// The offset in the original text of the scalar behind each byte; ascending.
    var origins: [UInt32] = []

    @inline(__always)
    mutating func append(byte: UInt8, origin: UInt32) {
        bytes.append(byte)
        origins.append(origin)
    }

    mutating func append(scalar: UInt32, origin: UInt32) {
        UTF8Bytes.encode(scalar) { append(byte: $0, origin: origin) }
    }

    /// The range of the original text that a non-empty range of bytes stands for.
    func original(_ range: Range<Int>) -> Range<ScalarOffset> {
        Int(origins[range.lowerBound])..<Int(origins[range.upperBound - 1]) + 1
    }
}
