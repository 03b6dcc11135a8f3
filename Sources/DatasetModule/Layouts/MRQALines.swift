import FileModule

/// The records of MRQA JSON Lines, one line in memory at a time.
struct MRQALines {
    /// A line that is not decoded yet.
    struct Raw {
        var number: Int
        var bytes: [UInt8]
    }

    /// A line, decoded or not JSON.
    struct Line {
        var number: Int
        var value: Result<JSONValue, DatasetIssue.Problem>
    }

    private static let keys: Set<String> = [
        "header", "dataset", "context", "qas", "qid", "question", "answers", "detected_answers", "text",
        "char_spans", "id", "title", "answer", "answer_start", "is_impossible",
    ]

    private var reader: LineReader
    private let limitBytes: Int
    /// Lines that were read to find out the layout, the next one last.
    private var pending: [Raw]
    private var buffer: [UInt8] = []
    /// What the header calls the data set.
    private(set) var datasetName: String?

    init(reader: LineReader, pending: [Raw], limitBytes: Int) {
        self.reader = reader
        self.limitBytes = limitBytes
        self.pending = pending.reversed()
        // The first line is a header only if it says so; otherwise it is a record like all others.
        if let first = pending.first, case .success(.object(let members)) = Self.decode(first.bytes),
            let header = members.first(where: { $0.key == "header" })
        {
            if case .object(let names) = header.value, let name = names.first(where: { $0.key == "dataset" }),
                case .string(let text) = name.value
            {
                datasetName = text
            }
            self.pending.removeLast()
        }
    }

    /// The next line that is not blank; nil at the end.
    mutating func next() throws(DatasetError) -> Line? {
        if let raw = pending.popLast() { return Line(number: raw.number, value: Self.decode(raw.bytes)) }
        while try reader.next(into: &buffer, limitBytes: limitBytes) {
            if buffer.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { continue }
            return Line(number: reader.lineNumber, value: Self.decode(buffer))
        }
        return nil
    }

    private static func decode(_ bytes: [UInt8]) -> Result<JSONValue, DatasetIssue.Problem> {
        var parser = JSONParser(keepingMalformed: bytes)
        do throws(JSONSyntaxError) {
            return .success(try parser.document(keeping: keys))
        } catch {
            return .failure(.invalidJSON(column: error.offset + 1, reason: error.description))
        }
    }
}
