import FileModule

/// One candidate answer of a question.
public struct NBestCandidate: Equatable, Sendable {
    /// The text; "" for no answer.
    public var text: String
    /// Offset of the first Unicode scalar in the context; nil for no answer.
    public var start: Int?
    /// Offset behind the last Unicode scalar; nil for no answer.
    public var end: Int?
    /// The logit of the start token.
    public var startLogit: Double
    /// The logit of the end token.
    public var endLogit: Double
    /// Softmax over the candidates of the question.
    public var probability: Double

    /// Creates a candidate.
    public init(
        text: String,
        start: Int?,
        end: Int?,
        startLogit: Double,
        endLogit: Double,
        probability: Double
    ) {
        self.text = text
        self.start = start
        self.end = end
        self.startLogit = startLogit
        self.endLogit = endLogit
        self.probability = probability
    }
}

/// Writes the best candidates of every question: one JSON object, id → list, streamed question by question.
///
/// The file appears under its name only with ``commit()``; without it nothing is left behind.
public final class NBestFile {
    private let file: JSONObjectFile

    /// Starts a file.
    ///
    /// - Parameter path: the file to write or replace.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public init(path: String) throws(EvaluationError) {
        file = try JSONObjectFile(path: path)
    }

    /// Adds a question.
    ///
    /// - Parameters:
    ///   - id: the id of the question.
    ///   - candidates: its candidates, the best first.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``, ``EvaluationError/notFinite(id:value:)``.
    public func append(id: String, candidates: [NBestCandidate]) throws(EvaluationError) {
        var json: [UInt8] = []
        try Self.append(candidates, of: id, to: &json)
        try append(id: id, json: json[...])
    }

    /// Adds a question whose candidates are JSON already.
    func append(id: String, json: ArraySlice<UInt8>) throws(EvaluationError) {
        try file.append(key: id) { $0 += json }
    }

    /// Appends the candidates of a question as JSON.
    ///
    /// - Throws: ``EvaluationError/notFinite(id:value:)``.
    static func append(
        _ candidates: [NBestCandidate],
        of id: String,
        to bytes: inout [UInt8]
    ) throws(EvaluationError) {
        bytes.append(UInt8(ascii: "["))
        for (index, candidate) in candidates.enumerated() {
            for value in [candidate.startLogit, candidate.endLogit, candidate.probability]
            where !value.isFinite {
                throw .notFinite(id: id, value: value)
            }
            bytes += Array((index == 0 ? "{\"text\": " : ", {\"text\": ").utf8)
            JSONText.append(candidate.text, to: &bytes)
            if let start = candidate.start, let end = candidate.end {
                bytes += Array(", \"start\": \(start), \"end\": \(end)".utf8)
            }
            bytes += Array(", \"startLogit\": \(candidate.startLogit)".utf8)
            bytes += Array(", \"endLogit\": \(candidate.endLogit)".utf8)
            bytes += Array(", \"probability\": \(candidate.probability)}".utf8)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public func commit() throws(EvaluationError) { try file.commit() }
}
