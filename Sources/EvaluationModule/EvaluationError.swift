import DatasetModule

/// Why answers cannot be scored, or predictions not be read or written.
public enum EvaluationError: Error, Equatable, Sendable {
    /// There is nothing to take the mean of.
    case noQuestions
    /// The file cannot be read.
    case unreadable(DatasetError)
    /// The file is not JSON; line and column (in bytes) count from 1.
    case notJSON(path: String, line: Int, column: Int, reason: String)
    /// The file is JSON, but not an object of question ids.
    case notAnObject(path: String, found: String)
    /// The value of an id has the wrong type.
    case wrongType(path: String, id: String, expected: String, found: String)
    /// An id stands twice.
    case duplicateIdentifier(path: String, id: String)
    /// A question has a prediction but no no-answer score.
    case missingNoAnswerScore(id: String)
    /// A number that JSON cannot hold.
    case notFinite(id: String, value: Double)
    /// The file cannot be written; `reason` is the system's.
    case cannotWrite(path: String, reason: String)
}

extension EvaluationError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .noQuestions:
            "there are no questions to score. Check the data set"
        case .unreadable(let error):
            error.description
        case .notJSON(let path, let line, let column, let reason):
            "\(path), line \(line), column \(column): not JSON: \(reason)."
                + " Expected one object of question ids"
        case .notAnObject(let path, let found):
            "\(path) holds \(found). Expected one JSON object of question ids"
        case .wrongType(let path, let id, let expected, let found):
            "\(path): the value of \(id.debugDescription) must be \(expected), not \(found)"
        case .duplicateIdentifier(let path, let id):
            "\(path): the id \(id.debugDescription) stands twice. Keep one"
        case .missingNoAnswerScore(let id):
            "the question \(id.debugDescription) has a prediction but no no-answer score. Score all or none"
        case .notFinite(let id, let value):
            "a number of the question \(id.debugDescription) is \(value), which JSON cannot hold"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason). Check the directory and its permissions"
        }
    }
}
