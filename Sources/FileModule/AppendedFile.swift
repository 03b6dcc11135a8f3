#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that grows at its end, for one writer at a time.
///
/// What was appended is with the system and outlives the program, but not a loss of power.
package final class AppendedFile {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, or creates it.
    ///
    /// - Throws: `FileError`: at the step `create` when there is one and there must be none, at the step `lock` when
    ///   another program writes to it.
    package init(path: String, mustBeNew: Bool) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(.open, .nulInPath) }
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (mustBeNew ? O_EXCL : 0), 0o666)
        guard descriptor >= 0 else { throw .system(.create(path)) }
        guard Self.lock(descriptor) else { throw .system(.lock) }
    }

    /// Keeps other writers out, with a moment's patience: a child that another thread has just started shares the locks of
    /// this process until it runs its program.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<30 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    deinit { close(descriptor) }

    /// The length in bytes.
    ///
    /// - Throws: `FileError` at the step `read`.
    package func byteCount() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.read) }
        return Int(status.st_size)
    }

    /// Drops what is behind some length.
    ///
    /// - Throws: `FileError` at the step `write`.
    package func truncate(toByteCount count: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw .system(.write) }
    }

    /// Appends bytes.
    ///
    /// - Throws: `FileError` at the step `write`; some of the bytes may be there.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
            try writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
        }
    }

    /// Takes the file away.
    ///
    /// - Throws: `FileError` at the step `remove`.
    package func remove() throws(FileError) {
        guard unlink(path) == 0 else { throw .system(.remove) }
    }
}

/// Writes all bytes: one call writes at most about 2 GB, and a signal can end it early.
///
/// - Throws: `FileError` at the step `write`.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .system(.write) }
        rest = rest.dropFirst(count)
    }
}
