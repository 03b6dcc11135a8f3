import FileModule

/// Writes a large JSON object member by member, one a line.
final class JSONObjectFile {
    private let path: String
    private let file: AtomicFile
    private var buffer: [UInt8] = Array("{".utf8)
    private var isEmpty = true

    init(path: String) throws(EvaluationError) {
        self.path = path
        do throws(FileError) {
            file = try AtomicFile(path: path)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason.description)
        }
    }

    /// Adds a member; `appendValue` appends its value as JSON.
    func append(key: String, _ appendValue: (inout [UInt8]) -> Void) throws(EvaluationError) {
        buffer += Array((isEmpty ? "\n  " : ",\n  ").utf8)
        isEmpty = false
        JSONText.append(key, to: &buffer)
        buffer += Array(": ".utf8)
        appendValue(&buffer)
        guard buffer.count >= 1 << 16 else { return }
        try namingThePath { () throws(FileError) in try file.append(buffer) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the object and gives the file its name.
    func commit() throws(EvaluationError) {
        buffer += Array((isEmpty ? "}\n" : "\n}\n").utf8)
        try namingThePath { () throws(FileError) in
            try file.append(buffer)
            try file.commit()
        }
    }

    private func namingThePath(_ write: () throws(FileError) -> Void) throws(EvaluationError) {
        do throws(FileError) {
            try write()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason.description)
        }
    }
}
