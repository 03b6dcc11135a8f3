#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file, pipe or device that is open for reading from front to back.
package final class InputFile {
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `FileError` at the step `open`; a directory is one.
    package init(path: String) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(.open, .nulInPath) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw FileError(.open, .isDirectory)
        }
        self.descriptor = descriptor
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Standard input, which is closed with the object.
    package static var standardInput: InputFile { InputFile(descriptor: STDIN_FILENO) }

    /// Whether there is anything at a path.
    package static func exists(at path: String) -> Bool { access(path, F_OK) == 0 }

    /// Fills the front of a buffer with what comes next.
    ///
    /// - Returns: how many bytes; 0 at the end only.
    /// - Throws: `FileError` at the step `read`.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = systemRead(descriptor, buffer)
            if count >= 0 { return count }
            if errno != EINTR { throw .system(.read) }
        }
    }

    /// All bytes of a file.
    ///
    /// - Parameters:
    ///   - path: a file, pipe or device.
    ///   - limitBytes: more bytes than these are an error, so that a device without end does not fill the memory.
    /// - Returns: the bytes.
    /// - Throws: `FileError` at the steps `open` and `read`.
    package static func contents(of path: String, limitBytes: Int) throws(FileError) -> [UInt8] {
        try InputFile(path: path).contents(limitBytes: limitBytes)
    }

    /// All bytes that are left; throws as ``contents(of:limitBytes:)`` does.
    package func contents(limitBytes: Int) throws(FileError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 1)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try read(into: buffer)
            if count == 0 { return bytes }
            guard bytes.count + count <= limitBytes else {
                throw FileError(.read, .tooLarge(limitBytes: limitBytes))
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// The C function, which the method of the same name hides.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
