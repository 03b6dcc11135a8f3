#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears under its name whole, or not at all.
///
/// The bytes go to a temporary file in the same directory, which replaces the file in `commit()`. An object that
/// ends without it removes the temporary file. What is there and is not a regular file (a pipe, a device) is written
/// directly, as is an open descriptor that the path names (`/dev/stdout`), from where it stands.
package final class AtomicFile {
    private let path: String
    /// nil when the target is written directly.
    private var temporaryPath: String?
    private var descriptor: Int32

    /// Creates the temporary file.
    ///
    /// - Parameter path: the file to write or replace; its directory must exist. Symbolic links are followed, so
    ///   that the file that they name is replaced and not the link.
    /// - Throws: `FileError`.
    package init(path: String) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(.open, .nulInPath) }
        guard !path.isEmpty else { throw FileError(.open, .system(ENOENT)) }
        if let open = Self.descriptor(namedBy: path) {
            self.path = path
            descriptor = fcntl(open, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { throw .system(.open) }
            return
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.replace, .isDirectory) }
            self.path = path
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .system(.open) }
            return
        }
        self.path = Self.resolved(path)
        let name = "\(self.path).partial-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(.create(name)) }
        temporaryPath = name
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let temporaryPath { unlink(temporaryPath) }
    }

    /// Whether a path is that of a regular file or of nothing yet, and so would be replaced and not written to directly.
    package static func replacesWhatIs(at path: String) -> Bool {
        var status = stat()
        return descriptor(namedBy: path) == nil
            && (stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG)
    }

    /// Appends the bytes of an array's elements as they are in memory.
    ///
    /// - Throws: `FileError` at the step `write`.
    package func append<Element: BitwiseCopyable>(_ elements: [Element]) throws(FileError) {
        try elements.withUnsafeBufferPointer { (elements) throws(FileError) in
            try writeAll(UnsafeRawBufferPointer(elements), to: descriptor)
        }
    }

    /// Brings the bytes to the disk, then the file to its name.
    ///
    /// - Throws: `FileError`; the file that was there is then as it was.
    package func commit() throws(FileError) {
        guard let temporaryPath else {
            defer { descriptor = -1 }
            guard close(descriptor) == 0 else { throw .system(.write) }
            return
        }
        // In this order a loss of power leaves the old file or the new one, never an empty one.
        guard fsync(descriptor) == 0 else { throw .system(.bringToDisk) }
        guard rename(temporaryPath, path) == 0 else { throw .system(.replace) }
        self.temporaryPath = nil
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

    /// The descriptor that a path stands for.
    ///
    /// To open such a path would start at the front of the file again, or replace the file.
    private static func descriptor(namedBy path: String) -> Int32? {
        switch path {
        case "/dev/stdout": STDOUT_FILENO
        case "/dev/stderr": STDERR_FILENO
        default:
            ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix).flatMap {
                Int32(path.dropFirst($0.count))
            }
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let buffer = realpath(path, nil) else { return path }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}
