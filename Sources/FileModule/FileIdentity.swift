#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which regular file a path names, however the path is spelt and whatever links it goes through.
package struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64
    /// The name of a file that is not there yet, in the directory that `device` and `inode` are of.
    private let newName: String?

    /// Nil for pipes, devices, directories, and where the system says nothing.
    ///
    /// - Parameter path: A file that is there or could be made; a path of an open descriptor (`/dev/stdout`) names the file
    ///   behind it.
    package init?(path: String) {
        guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            self.init(status, newName: nil)
            return
        }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = slash.map { String(path[...$0]) } ?? "."
        guard stat(directory, &status) == 0 else { return nil }
        self.init(status, newName: slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path)
    }

    private init(_ status: stat, newName: String?) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        self.newName = newName
    }
}
