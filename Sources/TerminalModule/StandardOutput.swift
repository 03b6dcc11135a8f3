import FileModule
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the program prints: every byte is written, or it is an error.
///
/// `print` drops what the system does not take, such as output into a full disk.
public enum StandardOutput {
    /// What is not written yet.
    private static let buffer = Mutex<[UInt8]>([])
    private static let bufferBytes = 1 << 16

    /// Prints a line.
    ///
    /// - Throws: ``OutputError``.
    public static func write(_ line: String) throws(OutputError) {
        let isFull = buffer.withLock { buffer in
            buffer += Array(line.utf8)
            buffer.append(UInt8(ascii: "\n"))
            return buffer.count >= bufferBytes
        }
        if isFull { try flush() }
    }

    /// Hands on what was printed so far.
    ///
    /// - Throws: ``OutputError``.
    public static func flush() throws(OutputError) {
        let bytes = buffer.withLock { buffer in
            defer { buffer = [] }
            return buffer
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw OutputError(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Hands on what was printed and closes the output: some file systems tell only then that there is no room.
    ///
    /// - Throws: ``OutputError``.
    public static func close() throws(OutputError) {
        try flush()
        guard systemClose(STDOUT_FILENO) == 0 || errno == EBADF else { throw OutputError(errno) }
    }

    /// Makes sure that the three standard descriptors are in use.
    ///
    /// A file that is opened while one of them is free gets its number, and what the program prints. What takes its
    /// place here cannot be written to, so that lost output stays an error.
    public static func reserveDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDONLY)
        }
    }
}

/// Why what was printed did not arrive.
public struct OutputError: Error, CustomStringConvertible {
    private let code: Int32

    /// - Parameter code: The system's `errno`.
    init(_ code: Int32) { self.code = code }

    /// What is wrong, in one line.
    public var description: String {
        "cannot write to standard output: \(systemMessage(code)); what was written is not complete"
    }
}

// The C functions, which the methods of the same name hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
