/// One canonical Huffman code of a deflate block.
///
/// Codes of up to ``directBits`` bits are found with one look-up, which is nearly all of them; longer ones
/// are walked bit by bit. The tables are reused from block to block.
final class HuffmanDecoder {
    /// Which incomplete codes are tolerated, as zlib does.
    enum Completeness {
        /// The code of the code lengths: none.
        case complete
        /// Literals and lengths, distances: a single code of one bit.
        case orSingleCode
        /// Distances: also no code at all, as long as none is used.
        case orEmpty
    }

    static let directBits = 10
    static let maximumBits = 15

    /// `symbol << 4 | length` for the next ``directBits`` bits; 0 when the code is longer or does not exist.
    let direct = UnsafeMutablePointer<UInt16>.allocate(capacity: 1 << directBits)
    /// How many codes have each length.
    private let countOfLength = UnsafeMutablePointer<UInt16>.allocate(capacity: maximumBits + 1)
    /// Symbols ordered by length, then by value.
    private let symbols = UnsafeMutablePointer<UInt16>.allocate(capacity: 288)

    deinit {
        direct.deallocate()
        countOfLength.deallocate()
        symbols.deallocate()
    }

    /// Builds the code from the length of each symbol's code (0: no code).
    func build(lengths: ArraySlice<UInt8>, _ completeness: Completeness) throws(GzipInflateError) {
        precondition(lengths.count <= 288)
        direct.initialize(repeating: 0, count: 1 << Self.directBits)
        countOfLength.initialize(repeating: 0, count: Self.maximumBits + 1)
        for length in lengths { countOfLength[Int(length)] += 1 }
        countOfLength[0] = 0

        var unused = 1  // codes of the current length that are still free
        var used = 0
        for length in 1...Self.maximumBits {
            unused = unused << 1 - Int(countOfLength[length])
            used += Int(countOfLength[length])
            guard unused >= 0 else { throw .fault(.badHuffmanCode) }
        }
        let isTolerated =
            switch completeness {
            case .complete: unused == 0
            case .orSingleCode: unused == 0 || (used == 1 && countOfLength[1] == 1)
            case .orEmpty: unused == 0 || used == 0 || (used == 1 && countOfLength[1] == 1)
            }
        guard isTolerated else { throw .fault(.badHuffmanCode) }

        // First code and first place among the symbols of every length.
        var nextCode = [Int](repeating: 0, count: Self.maximumBits + 2)
        var nextPlace = nextCode
        for length in 1...Self.maximumBits {
            nextCode[length + 1] = (nextCode[length] + Int(countOfLength[length])) << 1
            nextPlace[length + 1] = nextPlace[length] + Int(countOfLength[length])
        }
        for (symbol, byte) in lengths.enumerated() where byte != 0 {
            let length = Int(byte)
            symbols[nextPlace[length]] = UInt16(symbol)
            nextPlace[length] += 1
            let code = nextCode[length]
            nextCode[length] += 1
            if length <= Self.directBits {
                // Deflate sends codes most significant bit first in a least-significant-bit-first stream.
                var index = Int(Self.reversed(code, bitCount: length))
                while index < 1 << Self.directBits {
                    direct[index] = UInt16(symbol << 4 | length)
                    index += 1 << length
                }
            }
        }
    }

    /// The entry (`symbol << 4 | length`) for bits whose code is not in ``direct``; 0 when no code matches.
    func longEntry(for bits: UInt64) -> Int {
        var code = 0
        var first = 0
        var place = 0
        for length in 1...Self.maximumBits {
            code |= Int(truncatingIfNeeded: bits >> UInt64(length - 1)) & 1
            let count = Int(countOfLength[length])
            if code - first < count { return Int(symbols[place + code - first]) << 4 | length }
            place += count
            first = (first + count) << 1
            code <<= 1
        }
        return 0
    }

    private static func reversed(_ code: Int, bitCount: Int) -> UInt16 {
        var code = UInt16(truncatingIfNeeded: code)
        var result: UInt16 = 0
        for _ in 0..<bitCount {
            result = result << 1 | code & 1
            code >>= 1
        }
        return result
    }
}
