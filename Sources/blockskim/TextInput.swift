import TextFileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text from a file, from standard input (`-`) or from the command line.
enum TextInput {
    /// Reads a whole text, which must be plain.
    ///
    /// - Parameter path: A file, or `-` for standard input.
    /// - Returns: The text.
    /// - Throws: `TextFileError`.
    static func read(_ path: String) throws(TextFileError) -> String {
        let name = TextFile.name(of: path)
        let bytes = try TextFile.bytes(of: path)
        if let format = TextFileFormat(beginning: bytes) { throw .notPlainText(name: name, format: format) }
        return try String(utf8: bytes, of: name)
    }

    /// Calls `body` with each line of a text, without the line feed.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input, which is read as it comes.
    ///   - body: Takes one line.
    /// - Throws: `TextFileError`, and what `body` throws.
    static func forEachLine(of path: String, _ body: (String) throws -> Void) throws {
        let name = TextFile.name(of: path)
        let file = path == "-" ? fdopen(STDIN_FILENO, "rb") : fopen(path, "rb")
        guard let file else {
            throw TextFileError.unreadable(name: name, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var number = 0
        errno = 0
        while true {
            var count = getline(&line, &capacity, file)
            guard count > 0, let line else { break }
            number += 1
            if line[count - 1] == CChar(bitPattern: UInt8(ascii: "\n")) { count -= 1 }
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            try body(String(utf8: Array(bytes), of: "\(name), line \(number)"))
        }
        guard ferror(file) == 0 else {
            throw TextFileError.unreadable(name: name, reason: String(cString: strerror(errno)))
        }
    }

    /// Rejects command line arguments that are not UTF-8, which the language would otherwise repair.
    ///
    /// - Throws: `TextFileError.notUTF8`.
    static func checkArguments() throws(TextFileError) {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeRawBufferPointer(start: argument, count: strlen(argument))
            _ = try String(utf8: Array(bytes), of: "argument \(index)")
        }
    }
}
