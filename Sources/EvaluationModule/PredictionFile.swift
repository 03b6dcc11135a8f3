import FileModule

/// Writes a file of predictions question by question: one JSON object, id → text.
///
/// The file appears under its name only with ``commit()``; without it nothing is left behind.
public final class PredictionFile {
    private let file: JSONObjectFile

    /// Starts a file.
    ///
    /// - Parameter path: The file to write or replace.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public init(path: String) throws(EvaluationError) {
        file = try JSONObjectFile(path: path)
    }

    /// Adds a question.
    ///
    /// - Parameters:
    ///   - id: The id of the question.
    ///   - text: The predicted text, "" for no answer.
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public func append(id: String, _ text: String) throws(EvaluationError) {
        try file.append(key: id) { JSONText.append(text, to: &$0) }
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``EvaluationError/cannotWrite(path:reason:)``.
    public func commit() throws(EvaluationError) { try file.commit() }
}
