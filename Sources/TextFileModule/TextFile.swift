import FileModule

/// A file with its text: plain, HTML or PDF.
///
/// ```swift
/// let file = try TextFile(path: "report.html")
/// let report = try answerer.answer(question: "Who wrote it?", context: file.text)
/// ```
///
/// Offsets of answers count in ``text``, which for HTML and PDF is not what the file holds byte for byte.
public struct TextFile: Sendable {
    /// Where the file is; `-` for standard input.
    public let path: String
    /// How its text is stored.
    public let format: TextFileFormat
    /// The text.
    public let text: String

    /// The most that a file may hold: more is a device without end or a mistake.
    private static let limitBytes = 1 << 30

    /// Reads a file.
    ///
    /// - Parameter path: A file of any of the formats, or `-` for standard input.
    /// - Throws: ``TextFileError``.
    public init(path: String) throws(TextFileError) {
        let name = Self.name(of: path)
        let bytes = try Self.bytes(of: path)
        self.path = path
        format = TextFileFormat(bytes, path: path)
        switch format {
        case .plain: text = try Self.plainText(bytes, of: name)
        case .html: text = try HTMLLibrary.installed.text(of: HTMLBytes.utf8(bytes, of: name), name: name)
        case .pdf:
            guard path != "-" else { throw .notPlainText(name: name, format: .pdf) }
            text = try PDFText.text(of: path)
        }
        if format != .plain, text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
            throw .noText(name: name, format: format)
        }
    }

    /// Refuses a file that is read as text only because its bytes happen to be UTF-8.
    ///
    /// Whoever names a file knows what it is; among all files of a folder there are others.
    ///
    /// - Throws: `binary` when there is a NUL near the start.
    package func checkIsText() throws(TextFileError) {
        if format == .plain, Self.hasEarlyNUL(text.utf8) { throw .binary(name: path) }
    }

    private static func hasEarlyNUL(_ bytes: some Collection<UInt8>) -> Bool {
        let looksAtBytes = 8000
        return bytes.prefix(looksAtBytes).contains(0)
    }

    private static func plainText(_ bytes: [UInt8], of name: String) throws(TextFileError) -> String {
        do {
            return try String(utf8: bytes, of: name)
        } catch {
            // To convert it would not help, unless it is UTF-16.
            let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            throw hasEarlyNUL(bytes) && !isUTF16 ? .binary(name: name) : error
        }
    }

    /// All bytes of a file or of standard input.
    ///
    /// - Throws: `unreadable`.
    package static func bytes(of path: String) throws(TextFileError) -> [UInt8] {
        do {
            let file = try path == "-" ? InputFile.standardInput : InputFile(path: path)
            return try file.contents(limitBytes: limitBytes)
        } catch {
            throw TextFileError(error, name: name(of: path))
        }
    }

    /// What messages call a path.
    package static func name(of path: String) -> String { path == "-" ? "standard input" : path }
}
