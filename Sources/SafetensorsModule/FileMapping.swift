import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A whole regular file of at least 8 bytes, mapped read-only for as long as the object lives.
///
/// The mapping stays valid when the file is replaced or removed. A program that truncates the file in place
/// while it is mapped makes reads fail with a signal, which no check can prevent; `SafetensorsWriter` therefore
/// replaces files and never rewrites them.
package final class FileMapping: Sendable {
    // Written once in `init` and read-only memory behind it, so sharing it between threads is safe.
    package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    /// - Throws: `fileMissing`, `unreadable`, `isDirectory`, `notRegularFile`, `tooShort`.
    package init(file: String) throws(SafetensorsError) {
        // A C string would silently end at a NUL.
        guard !file.isEmpty, !file.utf8.contains(0) else { throw .fileMissing(file: file) }
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw .fileMissing(file: file) }
            throw .unreadable(file: file, reason: systemMessage(code))
        }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(file: file, reason: systemMessage(errno))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isDirectory(file: file)
        default: throw .notRegularFile(file: file)
        }
        let byteCount = Int(status.st_size)
        // Also keeps `mmap` from being asked for nothing, which it refuses.
        guard byteCount >= 8 else { throw .tooShort(file: file, byteCount: byteCount) }

        guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
        else {
            throw .unreadable(file: file, reason: systemMessage(errno))
        }
        bytes = UnsafeRawBufferPointer(start: base, count: byteCount)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    /// Takes the pages out of this process's resident set; they come back from the file when read again.
    package func releasePages() {
        // Advice: when the system does not take it, only memory use differs.
        _ = madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED)
    }
}
