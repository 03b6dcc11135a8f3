#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears at its path whole or not at all.
///
/// The bytes go to a temporary file beside the path, which replaces the file at the path in `commit()`. An
/// object that ends without it removes the temporary file.
final class AtomicFile {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32
    private var isCommitted = false

    init(path: String) throws(SafetensorsError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .fileMissing(file: path) }
        self.path = path
        temporaryPath = "\(path).\(UInt32.random(in: .min ... .max)).temporary"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .unwritable(file: path, step: "create \(temporaryPath)", reason: systemMessage(errno))
        }
    }

    deinit {
        guard !isCommitted else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsError) {
        var rest = bytes[...]
        // One call writes at most about 2 GB, and a signal can end it early.
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("write") }
            rest = rest.dropFirst(written)
        }
    }

    /// Brings the bytes to the disk, then the file to its path.
    func commit() throws(SafetensorsError) {
        // In this order a loss of power leaves the old file or the new one, never an empty one.
        guard fsync(descriptor) == 0 else { throw failure("bring to the disk") }
        guard rename(temporaryPath, path) == 0 else { throw failure("replace") }
        isCommitted = true
        close(descriptor)
        syncDirectory()
    }

    /// Makes the rename itself durable.
    ///
    /// Not every file system can, and the file is whole either way.
    private func syncDirectory() {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ step: String) -> SafetensorsError {
        .unwritable(file: path, step: step, reason: systemMessage(errno))
    }
}
