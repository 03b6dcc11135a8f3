import FileModule

/// Why a file has no text that can be used.
///
/// `name` is the file's path, or "standard input".
public enum TextFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system refuses it.
    case unreadable(name: String, reason: String)
    /// It is not UTF-8; the offset is that of the first wrong byte.
    case notUTF8(name: String, byteOffset: Int)
    /// It holds a NUL near its start, so it is something else than text.
    case binary(name: String)
    /// It holds text among other things where plain text is needed.
    case notPlainText(name: String, format: TextFileFormat)
    /// A page that is neither UTF-8 nor in another encoding that can be read.
    case unknownEncoding(name: String, encoding: String)
    /// What reads the format is not installed.
    case noReader(name: String, format: TextFileFormat)
    /// What reads the format cannot read this file.
    case damaged(name: String, reason: String)
    /// A page or PDF without a word.
    case noText(name: String, format: TextFileFormat)

    /// What went wrong, where, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let name, let reason):
            "cannot read \(name): \(reason); check the path and its permissions"
        case .notUTF8(let name, let byteOffset):
            "\(name): byte \(byteOffset) is not UTF-8; convert the text, "
                + "from a Windows program for example with iconv -f WINDOWS-1252 -t UTF-8"
        case .binary(let name): "\(name): is not text, since it holds a NUL byte; leave it out"
        case .notPlainText(let name, let format): "\(name) is not plain text: \(format.advice)"
        case .unknownEncoding(let name, let encoding):
            "\(name): its encoding, \(encoding), cannot be read; convert it with iconv -f \(encoding) -t UTF-8"
        case .noReader(let name, .pdf):
            "\(name): is a PDF, which the program pdftotext reads; install it (apt-get install poppler-utils)"
        case .noReader(let name, _):
            "\(name): is HTML, which the library libxml2 reads; install it (apt-get install libxml2)"
        case .damaged(let name, let reason): "\(name): \(reason); check that the file is whole"
        case .noText(let name, .pdf):
            "\(name): has no text; if it was scanned, recognise the text first, for example with ocrmypdf"
        case .noText(let name, _):
            "\(name): has no text; a page that scripts fill must be saved as it is shown"
        }
    }
}

extension TextFileError {
    /// What hindered the reading of a file.
    package init(_ error: FileError, name: String) {
        self = .unreadable(name: name, reason: error.reason.description)
    }
}

extension String {
    /// Text from bytes.
    ///
    /// - Throws: `notUTF8`.
    package init(utf8 bytes: [UInt8], of name: String) throws(TextFileError) {
        if let byteOffset = bytes.firstInvalidUTF8Offset {
            throw .notUTF8(name: name, byteOffset: byteOffset)
        }
        self.init(decoding: bytes, as: UTF8.self)
    }
}
