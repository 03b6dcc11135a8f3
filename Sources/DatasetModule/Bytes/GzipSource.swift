import CZlib

/// The decompressed bytes of a gzip source (RFC 1952): any number of members, then zero padding at most.
///
/// zlib decompresses and verifies every checksum and length. Memory is one buffer of 256 KiB and zlib's window,
/// whatever the size of the data.
final class GzipSource: ByteSource {
    private enum Place { case member, betweenMembers, end }

    private let source: any ByteSource
    private let path: String
    private let limitBytes: Int
    /// On the heap: zlib remembers the address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var place = Place.member
    /// What of the source's chunk zlib has not read yet.
    private var input = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var consumedByteCount = 0
    private var producedByteCount = 0

    init(_ source: any ByteSource, path: String, limitBytes: Int) throws(DatasetError) {
        self.source = source
        self.path = path
        self.limitBytes = limitBytes
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: 1 << 18)
        output.initialize(repeating: 0)
        // The largest window, and 16: a gzip header and trailer.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw failure(status) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8> {
        var filled = 0
        do throws(DatasetError) {
            while filled < output.count, place != .end {
                if input.isEmpty { input = try source.nextChunk() }
                switch place {
                case .member:
                    filled += try inflate(into: UnsafeMutableBufferPointer(rebasing: output[filled...]))
                case .betweenMembers: try findMember()
                case .end: break
                }
            }
        } catch {
            place = .end
            throw error
        }
        return UnsafeBufferPointer(rebasing: output[..<filled])
    }

    /// Decompresses what there is of input and room.
    ///
    /// - Returns: how many bytes came out.
    private func inflate(into room: UnsafeMutableBufferPointer<UInt8>) throws(DatasetError) -> Int {
        guard !input.isEmpty else { throw .truncatedGzip(path: path, compressedOffset: consumedByteCount) }
        let offered = min(input.count, Int(UInt32.max))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(offered)
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        consume(offered - Int(stream.pointee.avail_in))
        let count = room.count - Int(stream.pointee.avail_out)
        producedByteCount += count
        guard producedByteCount <= limitBytes else { throw .tooLarge(path: path, limitBytes: limitBytes) }
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: place = .betweenMembers
        default: throw failure(status)
        }
        return count
    }

    /// Passes over zero bytes, which may pad the end, as on tapes, and starts the member that follows.
    private func findMember() throws(DatasetError) {
        guard let first = input.first else { return place = .end }
        guard first == 0 else {
            guard first == 0x1F else { throw corrupt("incorrect header check") }
            guard inflateReset(stream) == Z_OK else { throw failure(Z_STREAM_ERROR) }
            return place = .member
        }
        consume(input.prefix { $0 == 0 }.count)
    }

    private func consume(_ count: Int) {
        input = UnsafeBufferPointer(rebasing: input[count...])
        consumedByteCount += count
    }

    private func failure(_ status: Int32) -> DatasetError {
        switch status {
        case Z_DATA_ERROR: corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
        case Z_MEM_ERROR: .readFailed(path: path, reason: "no memory left to decompress it")
        default:
            .readFailed(path: path, reason: "zlib \(String(cString: zlibVersion())) reports error \(status)")
        }
    }

    private func corrupt(_ message: String) -> DatasetError {
        // zlib's words, where they say what a reader of the message needs.
        let reason =
            switch message {
            case "incorrect header check": "something other than a gzip member follows"
            case "incorrect data check": "CRC-32 does not match"
            case "incorrect length check": "length does not match"
            default: message
            }
        return .corruptGzip(path: path, reason: reason, compressedOffset: consumedByteCount)
    }
}
