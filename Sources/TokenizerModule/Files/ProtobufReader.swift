/// Reads the fields of one protocol buffer message front to back.
struct ProtobufReader {
    /// A field's value, by wire type.
    enum Value: Equatable {
        case integer(UInt64)
        case fixed64
        case bytes(Range<Int>)
        case fixed32(UInt32)
    }

    private let bytes: [UInt8]
    private let end: Int
    private let file: String
    private var position: Int

    init(_ bytes: [UInt8], _ range: Range<Int>, file: String) {
        self.bytes = bytes
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field, nil at the end of the message.
    ///
    /// - Throws: `malformedProtobuf`.
    mutating func nextField() throws(TokenizerError) -> (number: UInt64, value: Value)? {
        guard position < end else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard 1..<(1 << 29) ~= number else { throw malformed("a field with the number \(number)") }
        switch tag & 7 {
        case 0: return (number, .integer(try varint()))
        case 1:
            _ = try take(8)
            return (number, .fixed64)
        case 2:
            let count = try varint()
            guard let count = Int(exactly: count) else { throw malformed("a field of \(count) bytes") }
            return (number, .bytes(try take(count)))
        case 5:
            let range = try take(4)
            return (number, .fixed32(bytes[range].reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        default: throw malformed("a field of the wire type \(tag & 7)")
        }
    }

    /// The error of a caller that cannot use what was read last.
    func malformed(_ problem: String) -> TokenizerError {
        .malformedProtobuf(file: file, byteOffset: position, problem: problem)
    }

    private mutating func take(_ count: Int) throws(TokenizerError) -> Range<Int> {
        guard count <= end - position else { throw malformed("a field of \(count) bytes does not fit in") }
        defer { position += count }
        return position..<position + count
    }

    private mutating func varint() throws(TokenizerError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw malformed("it ends too early") }
            let byte = UInt64(bytes[position])
            position += 1
            if shift == 63, byte > 1 { break }
            value |= (byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed("a number of more than 64 bits")
    }
}
