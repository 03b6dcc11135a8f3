import DatasetModule

#if canImport(Glibc)
    import Glibc
#endif

/// What a data set on disk has to be: a file that can be read more than once, since it is hashed, counted and read again.
enum DataFile {
    /// Checks that there is such a file.
    ///
    /// - Throws: `dataset` where there is nothing, or a directory; `unreadable` for a pipe or a device.
    static func check(_ path: String) throws(TrainingError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .dataset(.cannotOpen(path: path, reason: String(cString: strerror(errno))))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .dataset(.isDirectory(path: path))
        default:
            throw .unreadable(
                path: path,
                reason:
                    "it is a pipe or a device, and data are read more than once. Write them to a file first"
            )
        }
    }
}
