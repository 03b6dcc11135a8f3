/// A small gzip compressor (RFC 1951, 1952): one block of fixed codes, matches of 3 to 10 bytes.
struct GzipWriter {
    private var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    private var bits: UInt64 = 0
    private var bitCount = 0

    static func compressed(_ input: [UInt8]) -> [UInt8] {
        var writer = GzipWriter()
        writer.write(input)
        return writer.output
    }

    private mutating func write(_ input: [UInt8]) {
        put(0b011, 3)  // The last block, fixed codes.
        var places: [ArraySlice<UInt8>: Int] = [:]
        var index = 0
        while index < input.count {
            let key = input[index..<min(index + 3, input.count)]
            if key.count == 3, let place = places.updateValue(index, forKey: key), index - place <= 32_768 {
                var length = 3
                while length < 10, index + length < input.count,
                    input[place + length] == input[index + length]
                {
                    length += 1
                }
                putSymbol(257 + length - 3)
                putDistance(index - place)
                index += length
            } else {
                putSymbol(Int(input[index]))
                index += 1
            }
        }
        putSymbol(256)
        if bitCount > 0 { put(0, 8 - bitCount) }
        for value in [Self.checksum(input), UInt32(truncatingIfNeeded: input.count)] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                output.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
    }

    /// Appends bits, the lowest first.
    private mutating func put(_ value: Int, _ count: Int) {
        bits |= UInt64(value) << UInt64(bitCount)
        bitCount += count
        while bitCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    /// Appends a code, the highest bit first.
    private mutating func putCode(_ code: Int, _ count: Int) {
        for shift in (0..<count).reversed() { put(code >> shift & 1, 1) }
    }

    private mutating func putSymbol(_ symbol: Int) {
        switch symbol {
        case ..<144: putCode(0x30 + symbol, 8)
        case ..<256: putCode(0x190 + symbol - 144, 9)
        default: putCode(symbol - 256, 7)
        }
    }

    private mutating func putDistance(_ distance: Int) {
        guard distance > 4 else { return putCode(distance - 1, 5) }
        let extra = Int.bitWidth - (distance - 1).leadingZeroBitCount - 2
        putCode(2 * (extra + 1) + (distance - 1) >> extra & 1, 5)
        put((distance - 1) & (1 << extra - 1), extra)
    }

    private static func checksum(_ input: [UInt8]) -> UInt32 {
        var checksum = ~UInt32(0)
        for byte in input {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~checksum
    }
}
