/// Why a data set cannot be read at all, or no further.
///
/// One bad example is a ``DatasetIssue`` instead.
public enum DatasetError: Error, Equatable, Sendable {
    /// The file cannot be opened; `reason` is the system's.
    case cannotOpen(path: String, reason: String)
    /// The path is a directory.
    case isDirectory(path: String)
    /// Reading failed after the file was opened; `reason` is the system's.
    case readFailed(path: String, reason: String)
    /// The file holds nothing, or white space only.
    case emptyFile(path: String)
    /// The gzip data ends before it is complete.
    case truncatedGzip(path: String, compressedOffset: Int)
    /// The gzip data breaks RFC 1951 or 1952, or its checksum or length is wrong; `reason` is zlib's.
    case corruptGzip(path: String, reason: String, compressedOffset: Int)
    /// The data, decompressed, is larger than the reader's limit.
    case tooLarge(path: String, limitBytes: Int)
    /// One line of a JSON Lines file is longer than the reader's limit.
    case lineTooLong(path: String, line: Int, limitBytes: Int)
    /// The file is not JSON; line and column (in bytes) count from 1.
    case notJSON(path: String, line: Int, column: Int, reason: String)
    /// The file is a table that cannot be read; the line counts from 1.
    case malformedTable(path: String, line: Int, TableFault)
    /// The file is JSON, but neither SQuAD nor MRQA.
    case unknownLayout(path: String, found: String)
    /// The file was read to its end and no question could be used.
    case noQuestions(path: String, issueCount: Int)
    /// The file cannot be written; `reason` is the system's.
    case cannotWrite(path: String, reason: String)

    /// What is wrong with a table.
    public enum TableFault: Equatable, Sendable {
        /// The quote that opens on the line is not closed, or not within the reader's limits.
        case unclosedQuote
        /// A quote that closes a field is followed by something other than a separator or the end of the line.
        case textBehindQuote
        /// The header lacks a column.
        case missingColumn(String, found: [String])
        /// The header has a column twice.
        case duplicateColumn(String)
    }
}

extension DatasetError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open \(path): \(reason). Check the path and its permissions"
        case .isDirectory(let path):
            "\(path) is a directory. Name one SQuAD JSON or MRQA JSONL file"
        case .readFailed(let path, let reason):
            "cannot read \(path): \(reason)"
        case .emptyFile(let path):
            "\(path) is empty. Expected SQuAD JSON or MRQA JSONL, plain or gzip"
        case .truncatedGzip(let path, let offset):
            "\(path): the gzip data ends too early, at byte \(offset). Download or copy the file again"
        case .corruptGzip(let path, let reason, let offset):
            "\(path): corrupt gzip data near byte \(offset): \(reason). Download or copy the file again"
        case .tooLarge(let path, let limit):
            "\(path) holds more than \(limit) bytes decompressed. Split it, or raise the reader's limits"
        case .lineTooLong(let path, let line, let limit):
            "\(path), line \(line): longer than \(limit) bytes. Expected one JSON object a line"
        case .notJSON(let path, let line, let column, let reason):
            "\(path), line \(line), column \(column): not JSON: \(reason)."
                + " Expected SQuAD JSON or MRQA JSONL, plain or gzip"
        case .malformedTable(let path, let line, let fault):
            "\(path), line \(line): \(fault)"
        case .unknownLayout(let path, let found):
            "\(path): neither SQuAD (an object with \"data\") nor MRQA (lines with \"context\" and \"qas\"), nor rows with"
                + " \"context\" and \"question\": found \(found). Convert it to one of these"
        case .noQuestions(let path, let count):
            "\(path) holds no usable question"
                + (count == 0
                    ? ". Check that it is the right file"
                    : "; see the \(count == 1 ? "issue" : "\(count) issues") reported for it")
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason). Check the path, its permissions and the space on the disk"
        }
    }
}

extension DatasetError.TableFault: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unclosedQuote:
            "the quote that opens here is not closed. Close it, or leave out quotes that belong to no pair"
        case .textBehindQuote:
            "there is text behind the quote that closes a field. Double the quotes inside a field that is in quotes"
        case .missingColumn(let name, let found):
            "the header has no column \(name.debugDescription), only"
                + " \(found.prefix(20).map(DatasetIssue.shortened).joined(separator: ", "))\(found.count > 20 ? ", …" : "")."
                + " Name the columns question, context and, if there are ids, id"
        case .duplicateColumn(let name):
            "the header has the column \(name.debugDescription) twice. Keep one"
        }
    }
}
