import BlockSkim
import FileModule

/// The documents of a set: those that are named, and those of directories that are.
struct DocumentList {
    /// One of them.
    struct Entry {
        let path: String
        /// Whether it was found in a directory, where there may be files that are no texts.
        let isFound: Bool

        /// Reads it.
        ///
        /// - Throws: `TextFileError`.
        func read() throws(TextFileError) -> TextFile {
            let file = try TextFile(path: path)
            if isFound { try file.checkIsText() }
            return file
        }
    }

    /// Each file once, in the order of the command line, those of a directory sorted by path.
    private(set) var entries: [Entry] = []

    /// Finds the files.
    ///
    /// - Parameters:
    ///   - paths: Files, directories and `-`.
    ///   - report: Called for what a directory has that cannot be read.
    /// - Throws: `TextFileError` for a path that leads nowhere, and ``AnswerFailure/noFiles(directory:)``.
    init(_ paths: [String], report: (TextFileError) -> Void) throws {
        var known: Set<FileIdentity> = []
        for path in paths {
            let isDirectory = TextFolder.isDirectory(path)
            let files = isDirectory ? try TextFolder.files(in: path, report: report) : [path]
            guard !files.isEmpty else { throw AnswerFailure.noFiles(directory: path) }
            if !isDirectory, path != "-", !InputFile.exists(at: path) { _ = try TextFile(path: path) }
            for file in files {
                if file != "-", let identity = FileIdentity(path: file), !known.insert(identity).inserted {
                    continue
                }
                entries.append(Entry(path: file, isFound: isDirectory))
            }
        }
    }
}
