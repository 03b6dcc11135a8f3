#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of a file, pipe or device, read in chunks of a quarter of a mebibyte.
final class FileSource: ByteSource {
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    init(path: String) throws(DatasetError) {
        // A NUL would end the name early and open another file.
        guard !path.utf8.contains(0) else {
            throw .cannotOpen(path: path, reason: "the path contains a NUL character")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw .isDirectory(path: path)
        }
        self.path = path
        self.descriptor = descriptor
        buffer = .allocate(capacity: 1 << 18)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8> {
        var filled = 0
        // A pipe may deliver a single byte, which would hide gzip's two-byte mark.
        while filled < 2 {
            let count = read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw .readFailed(path: path, reason: String(cString: strerror(errno)))
            }
        }
        return UnsafeBufferPointer(rebasing: buffer[..<filled])
    }
}
