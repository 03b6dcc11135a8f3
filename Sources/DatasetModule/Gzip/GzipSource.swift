/// The decompressed bytes of a gzip source (RFC 1952): any number of members, then zero padding at most.
///
/// Every checksum and length is verified. Memory is one buffer of 288 KiB whatever the size of the data.
final class GzipSource: ByteSource {
    private let path: String
    private let limitBytes: Int
    private var reader: BitReader
    private var inflater = Inflater()
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    /// Where the next byte goes in the buffer.
    private var position = 0
    /// Where the current member's data starts in the buffer; 0 once it has left the buffer.
    private var memberStart = 0
    private var memberByteCount = 0
    private var totalByteCount = 0
    private var checksum = CRC32()
    private var state = State.firstHeader

    private enum State { case firstHeader, data, furtherHeader, finished }

    init(_ source: any ByteSource, path: String, limitBytes: Int) {
        reader = BitReader(source: source)
        self.path = path
        self.limitBytes = limitBytes
        buffer = .allocate(capacity: Inflater.windowSize + 1 << 18)
        buffer.initialize(repeating: 0)
    }

    deinit { buffer.deallocate() }

    func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8> {
        keepWindow()
        let chunkStart = position
        do {
            while position < buffer.count - Inflater.longestMatch, state != .finished { try advance() }
        } catch {
            state = .finished
            throw named(error)
        }
        return UnsafeBufferPointer(rebasing: buffer[chunkStart..<position])
    }

    private func named(_ error: GzipInflateError) -> DatasetError {
        switch error {
        case .source(let error): error
        case .truncated: .truncatedGzip(path: path, compressedOffset: reader.arrivedByteCount)
        case .tooLarge: .tooLarge(path: path, limitBytes: limitBytes)
        case .fault(let fault): .corruptGzip(path: path, fault: fault, compressedOffset: reader.byteOffset)
        }
    }

    /// Moves the last 32 KiB, which matches may refer to, to the front of the buffer.
    private func keepWindow() {
        guard position > Inflater.windowSize, let base = buffer.baseAddress else { return }
        let shift = position - Inflater.windowSize
        base.update(from: base + shift, count: Inflater.windowSize)
        position -= shift
        memberStart = max(0, memberStart - shift)
    }

    private func advance() throws(GzipInflateError) {
        switch state {
        case .firstHeader:
            try readHeader()
        case .data:
            let before = position
            try inflater.run(&reader, output: buffer, position: &position, start: memberStart)
            checksum.update(UnsafeBufferPointer(rebasing: buffer[before..<position]))
            memberByteCount += position - before
            totalByteCount += position - before
            guard totalByteCount <= limitBytes else { throw .tooLarge }
            if inflater.isFinished { try readTrailer() }
        case .furtherHeader:
            while try !reader.isExhausted() {
                // Zero bytes may pad the end, as on tapes.
                try reader.refill()
                if reader.bits & 0xFF != 0 { return try readHeader() }
                reader.drop(8)
            }
            state = .finished
        case .finished:
            break
        }
    }

    private func readHeader() throws(GzipInflateError) {
        var headerChecksum = CRC32()
        func byte() throws(GzipInflateError) -> UInt8 {
            let value = UInt8(try reader.take(8))
            withUnsafePointer(to: value) { headerChecksum.update(UnsafeBufferPointer(start: $0, count: 1)) }
            return value
        }
        guard try byte() == 0x1F, try byte() == 0x8B else { throw .fault(.notGzip) }
        let method = try byte()
        guard method == 8 else { throw .fault(.unknownMethod(method)) }
        let flags = try byte()
        guard flags & 0xE0 == 0 else { throw .fault(.reservedFlags(flags)) }
        for _ in 0..<6 { _ = try byte() }  // time, extra flags, operating system
        if flags & 4 != 0 {
            let low = try byte()
            let high = try byte()
            for _ in 0..<Int(high) << 8 | Int(low) { _ = try byte() }
        }
        if flags & 8 != 0 { while try byte() != 0 {} }  // file name
        if flags & 16 != 0 { while try byte() != 0 {} }  // comment
        if flags & 2 != 0 {
            let expected = Int(headerChecksum.value & 0xFFFF)
            guard try reader.take(16) == expected else {
                throw .fault(.headerChecksumMismatch)
            }
        }
        inflater.reset()
        checksum = CRC32()
        memberStart = position
        memberByteCount = 0
        state = .data
    }

    private func readTrailer() throws(GzipInflateError) {
        reader.alignToByte()
        guard UInt32(try reader.take(32)) == checksum.value else { throw .fault(.checksumMismatch) }
        guard UInt32(try reader.take(32)) == UInt32(truncatingIfNeeded: memberByteCount) else {
            throw .fault(.lengthMismatch)
        }
        state = .furtherHeader
    }
}
