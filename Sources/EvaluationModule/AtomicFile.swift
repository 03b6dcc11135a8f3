#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears under its name whole, or not at all.
///
/// It is written under a temporary name in the same directory and renamed at the end. What is there and is not a
/// regular file (a pipe, `/dev/stdout`) is written directly.
final class AtomicFile {
    private let path: String
    /// nil when the target is written directly.
    private var temporaryPath: String?
    private var descriptor: Int32

    init(path: String) throws(EvaluationError) {
        guard !path.utf8.contains(0) else {
            throw .cannotWrite(path: path, reason: "the path contains a NUL character")
        }
        self.path = path
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw .cannotWrite(path: path, reason: "it is a directory")
            }
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            let name = Self.resolved(path) + ".partial-" + String(UInt64.random(in: 0 ... .max), radix: 36)
            descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            temporaryPath = name
        }
        guard descriptor >= 0 else {
            temporaryPath = nil
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let temporaryPath { unlink(temporaryPath) }
    }

    func write(_ bytes: [UInt8]) throws(EvaluationError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw failure()
            }
        }
    }

    /// Gives the file its name.
    func commit() throws(EvaluationError) {
        if let temporaryPath {
            guard fsync(descriptor) == 0, rename(temporaryPath, Self.resolved(path)) == 0 else {
                throw failure()
            }
        }
        temporaryPath = nil
        let status = close(descriptor)
        descriptor = -1
        guard status == 0 else { throw failure() }
    }

    private func failure() -> EvaluationError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }

    /// Follows symbolic links, so that the file they name is replaced and not the link.
    private static func resolved(_ path: String) -> String {
        guard let buffer = realpath(path, nil) else { return path }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}

/// The C function, which the method of the same name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
