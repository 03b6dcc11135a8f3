import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text from a file, from standard input (`-`) or from the command line.
enum TextInput {
    /// The most that a text may hold: more is a device without end or a mistake.
    private static let limitBytes = 1 << 30

    /// Reads a whole text.
    ///
    /// - Parameter path: A file, or `-` for standard input.
    /// - Returns: The text.
    /// - Throws: ``InputError``.
    static func read(_ path: String) throws(InputError) -> String {
        let name = name(of: path)
        let bytes: [UInt8]
        do {
            let file = try path == "-" ? InputFile.standardInput : InputFile(path: path)
            bytes = try file.contents(limitBytes: limitBytes)
        } catch {
            throw .unreadable(name: name, reason: error.reason.description)
        }
        if let format = TextFormat(bytes) { throw .notPlainText(name: name, format: format) }
        return try text(bytes, of: name)
    }

    /// Calls `body` with each line of a text, without the line feed.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input, which is read as it comes.
    ///   - body: Takes one line.
    /// - Throws: ``InputError``, and what `body` throws.
    static func forEachLine(of path: String, _ body: (String) throws -> Void) throws {
        let name = name(of: path)
        let file = path == "-" ? fdopen(STDIN_FILENO, "rb") : fopen(path, "rb")
        guard let file else {
            throw InputError.unreadable(name: name, reason: String(cString: strerror(errno)))
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
            try body(text(Array(bytes), of: "\(name), line \(number)"))
        }
        guard ferror(file) == 0 else {
            throw InputError.unreadable(name: name, reason: String(cString: strerror(errno)))
        }
    }

    /// Rejects command line arguments that are not UTF-8, which the language would otherwise repair.
    ///
    /// - Throws: ``InputError/notUTF8(name:byteOffset:)``.
    static func checkArguments() throws(InputError) {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeRawBufferPointer(start: argument, count: strlen(argument))
            _ = try text(Array(bytes), of: "argument \(index)")
        }
    }

    private static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    private static func text(_ bytes: [UInt8], of name: String) throws(InputError) -> String {
        if let byteOffset = bytes.firstInvalidUTF8Offset {
            throw .notUTF8(name: name, byteOffset: byteOffset)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why an input cannot be used.
enum InputError: Error, Equatable, CustomStringConvertible {
    /// The system refuses it.
    case unreadable(name: String, reason: String)
    /// It is not UTF-8; the offset is that of the first wrong byte.
    case notUTF8(name: String, byteOffset: Int)
    /// It holds text among other things.
    case notPlainText(name: String, format: TextFormat)

    var description: String {
        switch self {
        case .unreadable(let name, let reason):
            "cannot read \(name): \(reason); check the path and its permissions"
        case .notUTF8(let name, let byteOffset):
            "\(name): byte \(byteOffset) is not UTF-8; convert the text, "
                + "from a Windows program for example with iconv -f WINDOWS-1252 -t UTF-8"
        case .notPlainText(let name, let format):
            "\(name) is not plain text: \(format.advice)"
        }
    }
}
