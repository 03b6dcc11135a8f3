/// Decompresses deflate data (RFC 1951) piece by piece into a buffer that keeps the last 32 KiB.
struct Inflater {
    private enum State {
        case blockHeader
        case stored(remaining: Int)
        case compressed
        case finished
    }

    static let windowSize = 1 << 15
    static let longestMatch = 258

    private let literals = HuffmanDecoder()
    private let distances = HuffmanDecoder()
    private var state = State.blockHeader
    private var isLastBlock = false

    /// Whether the last block has ended.
    var isFinished: Bool { if case .finished = state { true } else { false } }

    /// Prepares for another stream.
    mutating func reset() {
        state = .blockHeader
        isLastBlock = false
    }

    /// Decompresses until the data ends or at most ``longestMatch`` bytes of the buffer are free.
    ///
    /// - Parameters:
    ///   - reader: the compressed bits.
    ///   - output: the buffer.
    ///   - position: where to write in the buffer; moved behind what was written.
    ///   - start: where the stream's data starts in the buffer: matches must not reach before it.
    /// - Throws: ``GzipInflateError`` when the data is truncated or breaks RFC 1951.
    mutating func run(
        _ reader: inout BitReader,
        output: UnsafeMutableBufferPointer<UInt8>,
        position: inout Int,
        start: Int
    ) throws(GzipInflateError) {
        guard let base = output.baseAddress else { return }
        let limit = output.count - Self.longestMatch
        while position < limit {
            switch state {
            case .blockHeader:
                try readBlockHeader(&reader)
            case .stored(let remaining):
                let count = min(remaining, limit - position)
                let copied = count == 0 ? 0 : try reader.copy(to: base + position, count: count)
                position += copied
                state = remaining > copied ? .stored(remaining: remaining - copied) : afterBlock
            case .compressed:
                if try decode(&reader, base: base, position: &position, limit: limit, start: start) {
                    state = afterBlock
                }
            case .finished:
                return
            }
        }
    }

    private var afterBlock: State { isLastBlock ? .finished : .blockHeader }

    private mutating func readBlockHeader(_ reader: inout BitReader) throws(GzipInflateError) {
        isLastBlock = try reader.take(1) == 1
        switch try reader.take(2) {
        case 0:
            reader.alignToByte()
            let length = try reader.take(16)
            guard try reader.take(16) == length ^ 0xFFFF else { throw .fault(.storedLengthMismatch) }
            state = length == 0 ? afterBlock : .stored(remaining: length)
        case 1:
            let lengths = DeflateTables.fixedLiteralLengths
            try literals.build(lengths: lengths[...], .complete)
            try distances.build(lengths: [UInt8](repeating: 5, count: 32)[...], .complete)
            state = .compressed
        case 2:
            try readDynamicCodes(&reader)
            state = .compressed
        default:
            throw .fault(.reservedBlockType)
        }
    }

    private mutating func readDynamicCodes(_ reader: inout BitReader) throws(GzipInflateError) {
        let literalCount = try reader.take(5) + 257
        let distanceCount = try reader.take(5) + 1
        let codeLengthCount = try reader.take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .fault(.tooManyCodes) }

        var codeLengths = [UInt8](repeating: 0, count: 19)
        for index in 0..<codeLengthCount {
            codeLengths[DeflateTables.codeLengthOrder[index]] = UInt8(try reader.take(3))
        }
        // The code of the code lengths is needed only until the lengths are read.
        try distances.build(lengths: codeLengths[...], .complete)

        var lengths: [UInt8] = []
        let total = literalCount + distanceCount
        lengths.reserveCapacity(total)
        while lengths.count < total {
            let symbol = try decodeSymbol(&reader, distances)
            if symbol < 16 {
                lengths.append(UInt8(symbol))
                continue
            }
            let value: UInt8
            let count: Int
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .fault(.badCodeLengths) }
                value = last
                count = try reader.take(2) + 3
            case 17:
                value = 0
                count = try reader.take(3) + 3
            default:
                value = 0
                count = try reader.take(7) + 11
            }
            guard lengths.count + count <= total else { throw .fault(.badCodeLengths) }
            lengths.append(contentsOf: repeatElement(value, count: count))
        }
        guard lengths[256] != 0 else { throw .fault(.missingEndOfBlock) }
        try literals.build(lengths: lengths[..<literalCount], .orSingleCode)
        try distances.build(lengths: lengths[literalCount...], .orEmpty)
    }

    private func decodeSymbol(
        _ reader: inout BitReader,
        _ decoder: HuffmanDecoder
    ) throws(GzipInflateError) -> Int {
        if reader.bitCount < HuffmanDecoder.maximumBits { try reader.refill() }
        var entry = Int(decoder.direct[Int(reader.bits & 0x3FF)])
        if entry == 0 { entry = decoder.longEntry(for: reader.bits) }
        guard entry != 0 else { throw reader.bitCount >= 15 ? .fault(.badSymbol) : .truncated }
        guard entry & 15 <= reader.bitCount else { throw .truncated }
        reader.drop(entry & 15)
        return entry >> 4
    }

    /// Decodes symbols until the block ends (true) or the buffer is full (false).
    private func decode(
        _ sharedReader: inout BitReader,
        base: UnsafeMutablePointer<UInt8>,
        position sharedPosition: inout Int,
        limit: Int,
        start: Int
    ) throws(GzipInflateError) -> Bool {
        // Copies that the compiler can keep in registers.
        var reader = sharedReader
        var position = sharedPosition
        defer {
            sharedReader = reader
            sharedPosition = position
        }
        let literalEntries = literals.direct
        let distanceEntries = distances.direct
        let directMask = UInt64(1 << HuffmanDecoder.directBits - 1)

        while position < limit {
            // One refill lasts for a length code (15 + 5 bits) and a distance code (15 + 13 bits).
            try reader.refill()
            var entry = Int(literalEntries[Int(truncatingIfNeeded: reader.bits & directMask)])
            if entry == 0 {
                entry = literals.longEntry(for: reader.bits)
                guard entry != 0 else { throw reader.bitCount >= 15 ? .fault(.badSymbol) : .truncated }
            }
            reader.drop(entry & 15)
            guard reader.bitCount >= 0 else { throw .truncated }
            let symbol = entry >> 4
            if symbol < 256 {
                base[position] = UInt8(truncatingIfNeeded: symbol)
                position += 1
                continue
            }
            if symbol == 256 { return true }
            guard symbol < 286 else { throw .fault(.badSymbol) }
            let (lengthBase, lengthBits) = DeflateTables.length(symbol - 257)
            let length = lengthBase + Int(truncatingIfNeeded: reader.bits & (1 << UInt64(lengthBits) - 1))
            reader.drop(lengthBits)

            entry = Int(distanceEntries[Int(truncatingIfNeeded: reader.bits & directMask)])
            if entry == 0 {
                entry = distances.longEntry(for: reader.bits)
                guard entry != 0 else { throw reader.bitCount >= 15 ? .fault(.badSymbol) : .truncated }
            }
            reader.drop(entry & 15)
            let distanceSymbol = entry >> 4
            guard distanceSymbol < 30 else {
                throw reader.bitCount >= 0 ? .fault(.badSymbol) : .truncated
            }
            let (distanceBase, distanceBits) = DeflateTables.distance(distanceSymbol)
            let extra = Int(truncatingIfNeeded: reader.bits & (1 << UInt64(distanceBits) - 1))
            let distance = distanceBase + extra
            reader.drop(distanceBits)
            guard reader.bitCount >= 0 else { throw .truncated }
            guard distance <= position - start else { throw .fault(.distanceTooFar) }

            let target = base + position
            let source = target - distance
            if distance >= length {
                target.update(from: source, count: length)
            } else {
                // The match overlaps what it writes, so that it repeats itself.
                for index in 0..<length { target[index] = source[index] }
            }
            position += length
        }
        return false
    }
}
