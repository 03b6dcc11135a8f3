#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads the small files in which the kernel tells about itself.
struct SystemFile {
    /// `/`, or the directory of a file tree that stands for it.
    let root: String

    /// Reads a file.
    ///
    /// - Parameter path: From the root, with a slash at its start.
    /// - Returns: Its lines that are not empty, without the line feeds; nil when it cannot be read.
    func lines(of path: String) -> [Substring]? {
        guard let file = fopen(root == "/" ? path : root + path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            bytes += chunk[..<count]
            // The largest, mountinfo, has some kilobytes; what has megabytes is none of these files.
            if count == 0 || bytes.count > 1 << 20 { break }
        }
        guard ferror(file) == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    /// The first line of a file; nil when it cannot be read or is empty.
    func firstLine(of path: String) -> Substring? { lines(of: path)?.first }
}
