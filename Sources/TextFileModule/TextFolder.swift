import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files of a directory and of the directories in it.
public enum TextFolder {
    /// The paths of all files of a directory, sorted by their bytes.
    ///
    /// Files and directories whose names begin with a dot are left out; so are links to directories, which may lead
    /// in circles. Which of the files hold text shows when they are read.
    ///
    /// - Parameters:
    ///   - directory: A directory.
    ///   - report: Called for each directory in it that cannot be read, and for each pipe, socket and device.
    /// - Returns: The directory's path as it was given, with the names behind it.
    /// - Throws: `unreadable` when the directory cannot be read.
    public static func files(
        in directory: String,
        report: (TextFileError) -> Void = { _ in }
    ) throws(TextFileError) -> [String] {
        var files: [String] = []
        var directories = try list(directory, &files, report)
        while let next = directories.popLast() {
            do {
                directories += try list(next, &files, report)
            } catch {
                report(error)
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether a path leads to a directory.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What a path leads to, nil for a link to nothing, and whether it is a link.
    private static func type(of path: String) -> (type: mode_t?, isLink: Bool) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return (nil, false) }
        let type = status.st_mode & S_IFMT
        guard type == S_IFLNK else { return (type, false) }
        return (stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil, true)
    }

    /// Adds the files of one directory.
    ///
    /// - Returns: The directories in it.
    private static func list(
        _ directory: String,
        _ files: inout [String],
        _ report: (TextFileError) -> Void
    ) throws(TextFileError) -> [String] {
        guard let stream = opendir(directory) else {
            throw .unreadable(name: directory, reason: systemMessage(errno))
        }
        defer { closedir(stream) }
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        var directories: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let path = prefix + name
            switch type(of: path) {
            case (S_IFDIR, false): directories.append(path)
            case (S_IFDIR, true): break
            case (S_IFREG, _), (nil, _): files.append(path)
            // Reading from a pipe that nobody writes to would not end.
            default: report(.unreadable(name: path, reason: "it is no file but a pipe, socket or device"))
            }
        }
        return directories
    }
}
