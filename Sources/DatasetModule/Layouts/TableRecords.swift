/// The records of comma- or tab-separated values (RFC 4180), one in memory at a time.
///
/// A field in quotes may hold separators, line ends and doubled quotes. Deviation: a quote inside a field that does not begin
/// with one stands for itself, as most programs write and read it.
struct TableRecords {
    /// One record, with the line, from 1, that it begins on.
    struct Record {
        var line: Int
        var fields: [[UInt8]] = []
    }

    /// Where the parser is in a record.
    private enum State {
        case fieldStart, unquoted, quoted, quoteInQuoted
    }

    private let path: String
    private let separator: UInt8
    private let limitBytes: Int
    private var reader: LineReader
    private var line: [UInt8]
    /// Whether `line` was read and not parsed.
    private var isPending = true

    /// - Parameters:
    ///   - reader: Where the lines come from.
    ///   - firstLine: The line that was read from it last, without a byte order mark.
    ///   - separator: A comma or a tab.
    ///   - path: The name of the file, for errors.
    ///   - limitBytes: The most bytes of a record.
    init(reader: LineReader, firstLine: [UInt8], separator: UInt8, path: String, limitBytes: Int) {
        self.reader = reader
        line = firstLine
        self.separator = separator
        self.path = path
        self.limitBytes = limitBytes
    }

    /// The next record; nil at the end.
    ///
    /// Lines with nothing on them are passed over.
    ///
    /// - Throws: `DatasetError`: `malformedTable` for a quote that is not closed and for text behind one that is;
    ///   `lineTooLong`.
    mutating func next() throws(DatasetError) -> Record? {
        repeat {
            guard try readLine(limitBytes: limitBytes) else { return nil }
        } while line.isEmpty || line == [UInt8(ascii: "\r")]
        var record = Record(line: reader.lineNumber)
        var field: [UInt8] = []
        var state = State.fieldStart
        var openedOn = 0
        var byteCount = line.count
        while true {
            for byte in line {
                switch (state, byte) {
                case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
                case (.quoted, _): field.append(byte)
                case (.fieldStart, UInt8(ascii: "\"")): (state, openedOn) = (.quoted, reader.lineNumber)
                case (_, separator):
                    record.fields.append(field)
                    field.removeAll()
                    state = .fieldStart
                case (.quoteInQuoted, UInt8(ascii: "\"")):
                    field.append(byte)
                    state = .quoted
                case (.quoteInQuoted, UInt8(ascii: "\r")): continue
                case (.quoteInQuoted, _):
                    throw .malformedTable(path: path, line: reader.lineNumber, .textBehindQuote)
                default:
                    field.append(byte)
                    state = .unquoted
                }
            }
            guard state == .quoted else { break }
            field.append(UInt8(ascii: "\n"))
            let isContinued: Bool
            do throws(DatasetError) {
                isContinued = try readLine(limitBytes: limitBytes - byteCount)
            } catch {
                guard case .lineTooLong = error else { throw error }
                isContinued = false
            }
            guard isContinued else { throw .malformedTable(path: path, line: openedOn, .unclosedQuote) }
            byteCount += line.count
        }
        if state == .unquoted, field.last == UInt8(ascii: "\r") { field.removeLast() }
        record.fields.append(field)
        return record
    }

    private mutating func readLine(limitBytes: Int) throws(DatasetError) -> Bool {
        if isPending {
            isPending = false
            return true
        }
        return try reader.next(into: &line, limitBytes: limitBytes)
    }
}
