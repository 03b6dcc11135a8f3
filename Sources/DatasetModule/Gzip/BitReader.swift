/// What stops decompression, before the name of the file is known.
enum GzipInflateError: Error {
    case fault(GzipFault)
    case truncated
    case tooLarge
    case source(DatasetError)
}

/// The bits of a source, least significant first.
struct BitReader {
    private let source: any ByteSource
    private var next: UnsafePointer<UInt8>?
    private var remaining = 0
    /// How many bytes were taken out of the source's chunks that are used up.
    private var bytesOfEarlierChunks = 0
    private var chunkCount = 0
    private var isAtEnd = false
    /// The next bits; above ``bitCount`` stand zeros or bits that a refill will put there again.
    private(set) var bits: UInt64 = 0
    /// How many of ``bits`` are there; negative after more was consumed than there was: truncated data.
    private(set) var bitCount = 0

    init(source: any ByteSource) { self.source = source }

    /// How many bytes were consumed.
    var byteOffset: Int { bytesOfEarlierChunks + chunkCount - remaining - max(0, bitCount) / 8 }

    /// How many bytes arrived: where truncated data ends.
    var arrivedByteCount: Int { bytesOfEarlierChunks + chunkCount }

    /// Brings ``bitCount`` to at least 56, less only at the end of the source.
    @inline(__always)
    mutating func refill() throws(GzipInflateError) {
        if remaining >= 8, let next {
            let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
            bits |= UInt64(littleEndian: word) << UInt64(truncatingIfNeeded: bitCount)
            let byteCount = (63 - bitCount) >> 3
            self.next = next + byteCount
            remaining -= byteCount
            bitCount += byteCount << 3
        } else {
            try refillByBytes()
        }
    }

    /// Drops bits that are there, or leaves a negative ``bitCount``.
    @inline(__always)
    mutating func drop(_ count: Int) {
        bits >>= UInt64(truncatingIfNeeded: count)
        bitCount -= count
    }

    /// The next at most 32 bits.
    mutating func take(_ count: Int) throws(GzipInflateError) -> Int {
        if bitCount < count { try refill() }
        guard bitCount >= count else { throw .truncated }
        let value = Int(truncatingIfNeeded: bits & (1 << UInt64(count) - 1))
        drop(count)
        return value
    }

    /// Drops the bits up to the next byte.
    mutating func alignToByte() { drop(bitCount & 7) }

    /// Copies whole bytes; the reader must be aligned.
    ///
    /// - Returns: how many were copied, at least one unless `count` is 0.
    mutating func copy(to target: UnsafeMutablePointer<UInt8>, count: Int) throws(GzipInflateError) -> Int {
        var copied = 0
        while copied < count, bitCount >= 8 {
            target[copied] = UInt8(truncatingIfNeeded: bits)
            drop(8)
            copied += 1
        }
        guard copied < count else { return copied }
        bits = 0  // what stood above bitCount is about to be read from the chunk
        if remaining == 0 { try fetch() }
        guard remaining > 0 || copied > 0 else { throw .truncated }
        let byteCount = min(count - copied, remaining)
        if let next, byteCount > 0 {
            (target + copied).update(from: next, count: byteCount)
            self.next = next + byteCount
            remaining -= byteCount
        }
        return copied + byteCount
    }

    /// Whether nothing is left; the reader must be aligned.
    mutating func isExhausted() throws(GzipInflateError) -> Bool {
        if bitCount > 0 || remaining > 0 { return false }
        try fetch()
        return remaining == 0
    }

    private mutating func refillByBytes() throws(GzipInflateError) {
        guard bitCount >= 0 else { throw .truncated }
        while bitCount <= 56 {
            if remaining == 0 { try fetch() }
            guard remaining > 0, let next else { return }
            bits |= UInt64(next.pointee) << UInt64(bitCount)
            self.next = next + 1
            remaining -= 1
            bitCount += 8
        }
    }

    private mutating func fetch() throws(GzipInflateError) {
        if isAtEnd { return }
        let chunk: UnsafeBufferPointer<UInt8>
        do { chunk = try source.nextChunk() } catch { throw .source(error) }
        bytesOfEarlierChunks += chunkCount
        chunkCount = chunk.count
        remaining = chunk.count
        next = chunk.baseAddress
        isAtEnd = chunk.isEmpty
    }
}
