/// Bytes that arrive in chunks.
package protocol ByteSource: AnyObject {
    /// The next bytes, valid until the next call; empty at the end, and from then on.
    func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8>
}

/// The bytes of an array, as one chunk.
final class MemorySource: ByteSource {
    private let storage: UnsafeMutableBufferPointer<UInt8>
    private var isConsumed = false

    init(_ bytes: [UInt8]) {
        storage = .allocate(capacity: bytes.count)
        _ = storage.initialize(from: bytes)
    }

    deinit { storage.deallocate() }

    func nextChunk() -> UnsafeBufferPointer<UInt8> {
        if isConsumed { return UnsafeBufferPointer(start: nil, count: 0) }
        isConsumed = true
        return UnsafeBufferPointer(storage)
    }
}

/// A source whose first chunk can be looked at before it is consumed: the content decides how it is read.
final class PeekableSource: ByteSource {
    private let source: any ByteSource
    /// The first chunk until it is handed out.
    private(set) var first: UnsafeBufferPointer<UInt8>?

    init(_ source: any ByteSource) throws(DatasetError) {
        self.source = source
        first = try source.nextChunk()
    }

    func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8> {
        if let chunk = first {
            first = nil
            return chunk
        }
        return try source.nextChunk()
    }
}
