import DatasetModule
import FileModule

/// The answers of a run so far, one JSON line a question, for a later run to go on with.
///
/// The first line says what the answers depend on. An answer is with the system before the next question is asked,
/// so that it outlives the program however that ends. ``PredictionFile`` and ``NBestFile`` are made of the journal
/// when all questions are answered.
package final class PredictionJournal {
    /// What the answers depend on, in words that differ when it differs.
    package struct Identity: Equatable, Sendable {
        /// The questions.
        package var dataset: String
        /// The weights, the tokenizer and the version of the program.
        package var model: String
        /// How questions are answered, and what is recorded of them.
        package var settings: String

        package init(dataset: String, model: String, settings: String) {
            (self.dataset, self.model, self.settings) = (dataset, model, settings)
        }
    }

    /// What one line says.
    private struct Entry {
        var id = ""
        /// nil for a question that could not be answered.
        var prediction: String?
        /// The candidates as JSON.
        var nBest: ArraySlice<UInt8> = []
    }

    /// Where it is.
    package let path: String
    /// The questions of earlier runs, in the order of the data.
    package private(set) var ids: [String] = []
    private let file: AppendedFile

    /// The most bytes of a line: candidates are spans of the text, which may be long.
    private static let lineBytes = 1 << 28

    /// Opens a journal.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - identity: What the answers of this run depend on.
    ///   - resumes: Whether the answers of an earlier run are gone on with, if there are any.
    /// - Throws: ``EvaluationError``: `journalExists`, `journalInUse`, `journalDiffers`, `journalCorrupt`, `cannotWrite`.
    package init(path: String, identity: Identity, resumes: Bool) throws(EvaluationError) {
        self.path = path
        do throws(FileError) {
            file = try AppendedFile(path: path, mustBeNew: !resumes)
        } catch {
            if error.step == .lock { throw .journalInUse(path: path) }
            throw error.isAlreadyThere
                ? .journalExists(path: path) : .cannotWrite(path: path, reason: error.reason.description)
        }
        let wholeBytes = try read(identity)
        try writing { () throws(FileError) in try file.truncate(toByteCount: wholeBytes) }
        if wholeBytes == 0 {
            var line: [UInt8] = Array("{\"journal\":1".utf8)
            for (key, value) in identity.members {
                line += Array(",\"\(key)\":".utf8)
                JSONText.append(value, to: &line)
            }
            try append(line: line)
        }
    }

    /// Records a question.
    ///
    /// - Parameters:
    ///   - id: The id of the question.
    ///   - answer: The predicted text and the best candidates; nil when the question could not be answered.
    /// - Throws: ``EvaluationError``: `cannotWrite`, `notFinite`.
    package func append(
        id: String,
        _ answer: (prediction: String, nBest: [NBestCandidate])?
    ) throws(EvaluationError) {
        var line: [UInt8] = Array("{\"id\":".utf8)
        JSONText.append(id, to: &line)
        if let answer {
            line += Array(",\"prediction\":".utf8)
            JSONText.append(answer.prediction, to: &line)
            line += Array(",\"nBest\":".utf8)
            try NBestFile.append(answer.nBest, of: id, to: &line)
        }
        try append(line: line)
    }

    /// Writes the files that a run is for.
    ///
    /// - Parameters:
    ///   - predictionFile: Gets the predictions, "" for questions that could not be answered.
    ///   - nBestFile: Gets the candidates; nil when they are not wanted.
    /// - Throws: ``EvaluationError``: `cannotWrite`, `journalCorrupt`; the journal stays.
    package func write(
        to predictionFile: PredictionFile,
        _ nBestFile: NBestFile?
    ) throws(EvaluationError) {
        try forEachEntry { (entry, _) throws(EvaluationError) in
            // Programs that score want every id.
            try predictionFile.append(id: entry.id, entry.prediction ?? "")
            guard entry.prediction != nil else { return }
            try nBestFile?.append(id: entry.id, json: entry.nBest)
        }
        try predictionFile.commit()
        try nBestFile?.commit()
    }

    /// Takes the journal away, when what it is for is written.
    ///
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    package func remove() throws(EvaluationError) {
        try writing { () throws(FileError) in try file.remove() }
    }

    // MARK: Lines

    /// Reads what earlier runs left.
    ///
    /// - Returns: the bytes of the whole lines; a last line without its end is one that was being written.
    private func read(_ identity: Identity) throws(EvaluationError) -> Int {
        let byteCount = try writing { () throws(FileError) in try file.byteCount() }
        guard byteCount > 0 else { return 0 }
        var wholeBytes = 0
        try forEachLine { (line, number) throws(EvaluationError) in
            guard wholeBytes + line.count < byteCount else { return }
            wholeBytes += line.count + 1
            if number == 1 {
                let found = try parsed(line, number) { (parser) throws(JSONSyntaxError) in
                    try Identity(&parser)
                }
                for ((key, wanted), (_, there)) in zip(identity.members, found.members) where wanted != there
                {
                    throw .journalDiffers(
                        path: path,
                        what: (key == "settings" ? "" : "a ") + "different \(key)"
                    )
                }
            } else {
                ids.append(try entry(line, number).id)
            }
        }
        return wholeBytes
    }

    private func forEachEntry(
        _ body: (Entry, Int) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        try forEachLine { (line, number) throws(EvaluationError) in
            if number > 1 { try body(entry(line, number), number) }
        }
    }

    private func forEachLine(
        _ body: ([UInt8], _ number: Int) throws(EvaluationError) -> Void
    ) throws(EvaluationError) {
        var line: [UInt8] = []
        var reader: LineReader
        do throws(DatasetError) {
            reader = LineReader(source: try FileSource(path: path), path: path)
        } catch { throw .unreadable(error) }
        while true {
            do throws(DatasetError) {
                guard try reader.next(into: &line, limitBytes: Self.lineBytes) else { return }
            } catch { throw .unreadable(error) }
            try body(line, reader.lineNumber)
        }
    }

    private func entry(_ line: [UInt8], _ number: Int) throws(EvaluationError) -> Entry {
        try parsed(line, number) { (parser) throws(JSONSyntaxError) in
            var entry = Entry()
            try parser.beginObject()
            while let key = try parser.nextKey() {
                switch key {
                case "id": entry.id = try parser.string()
                case "prediction": entry.prediction = try parser.string()
                case "nBest":
                    let start = parser.position
                    try parser.skipValue()
                    entry.nBest = parser.bytes[start..<parser.position]
                default: try parser.skipValue()
                }
            }
            return entry
        }
    }

    private func parsed<Value>(
        _ line: [UInt8],
        _ number: Int,
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> Value
    ) throws(EvaluationError) -> Value {
        do throws(JSONSyntaxError) {
            var parser = try JSONParser(line)
            let value = try body(&parser)
            try parser.finish()
            return value
        } catch {
            throw .journalCorrupt(path: path, line: number, reason: error.description)
        }
    }

    private func append(line: [UInt8]) throws(EvaluationError) {
        try writing { () throws(FileError) in try file.append(line + Array("}\n".utf8)) }
    }

    private func writing<Value>(
        _ body: () throws(FileError) -> Value
    ) throws(EvaluationError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason.description)
        }
    }
}

extension PredictionJournal.Identity {
    /// By the names that the first line and errors have for them.
    fileprivate var members: [(key: String, value: String)] {
        [("data set", dataset), ("model", model), ("settings", settings)]
    }

    fileprivate init(_ parser: inout JSONParser) throws(JSONSyntaxError) {
        var members: [String: String] = [:]
        try parser.beginObject()
        while let key = try parser.nextKey() {
            if key == "journal" { _ = try parser.integer() } else { members[key] = try parser.string() }
        }
        self.init(
            dataset: members["data set"] ?? "",
            model: members["model"] ?? "",
            settings: members["settings"] ?? ""
        )
    }
}
