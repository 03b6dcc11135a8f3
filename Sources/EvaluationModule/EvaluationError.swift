import DatasetModule

/// Why answers cannot be scored, or predictions not be read or written.
public enum EvaluationError: Error, Equatable, Sendable {
    /// There is nothing to take the mean of.
    case noQuestions
    /// No question has a reference answer.
    case noReferences(questions: Int)
    /// The file cannot be read.
    case unreadable(DatasetError)
    /// The file is not JSON; line and column (in bytes) count from 1.
    case notJSON(path: String, line: Int, column: Int, reason: String)
    /// The file is JSON, but not an object of question ids.
    case notAnObject(path: String, found: String)
    /// A line, counted from 1, is not a row, an object with `id` and one of some fields, as the first line is.
    case notARow(path: String, line: Int, fields: [String])
    /// The file holds the candidates of every question, not one answer.
    case candidates(path: String)
    /// The file is the journal of a run that was not completed.
    case journal(path: String)
    /// The value of an id has the wrong type.
    case wrongType(path: String, id: String, expected: String, found: String)
    /// An id stands twice.
    case duplicateIdentifier(path: String, id: String)
    /// A question has a prediction but no no-answer score.
    case missingNoAnswerScore(id: String)
    /// A number that JSON cannot hold.
    case notFinite(id: String, value: Double)
    /// A journal of an earlier run is where this run's would be.
    case journalExists(path: String)
    /// Another run writes to the journal.
    case journalInUse(path: String)
    /// The journal holds answers of another data set, model or settings; `what` names it.
    case journalDiffers(path: String, what: String)
    /// A line of the journal, counted from 1, is not one that was written.
    case journalCorrupt(path: String, line: Int, reason: String)
    /// The file cannot be written; `reason` is the system's.
    case cannotWrite(path: String, reason: String)
}

extension EvaluationError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .noQuestions:
            "there are no questions to score. Check the data set"
        case .noReferences(let questions):
            "none of the \(questions) questions has a reference answer, so there is nothing to score against."
                + " Where that is right because no text answers its question, say --answerable some"
        case .unreadable(let error):
            error.description
        case .notJSON(let path, let line, let column, let reason):
            "\(path), line \(line), column \(column): not JSON: \(reason)."
                + " Expected one object of question ids"
        case .notAnObject(let path, let found):
            "\(path) holds \(found). Expected one JSON object of question ids, or {\"id\", \"prediction_text\"} as a list or a line each"
        case .notARow(let path, let line, let fields):
            "\(path), line \(line): not an object with \"id\" and \(fields.map(\.debugDescription).joined(separator: " or ")),"
                + " as the first line is"
        case .candidates(let path):
            "\(path) holds the best candidates of every question, as predict --n-best writes them."
                + " Give the file of answers, which --output names"
        case .journal(let path):
            "\(path) is the journal of a run that was not completed. Go on with that run by predict --resume,"
                + " then give its output"
        case .wrongType(let path, let id, let expected, let found):
            "\(path): the value of \(id.debugDescription) must be \(expected), not \(found)"
        case .duplicateIdentifier(let path, let id):
            "\(path): the id \(id.debugDescription) stands twice. Keep one"
        case .missingNoAnswerScore(let id):
            "the question \(id.debugDescription) has a prediction but no no-answer score. Score all or none"
        case .notFinite(let id, let value):
            "a number of the question \(id.debugDescription) is \(value), which JSON cannot hold"
        case .journalExists(let path):
            "\(path) holds the answers of a run that was not completed. Go on with --resume, or delete it"
        case .journalInUse(let path):
            "\(path) is in use by another run. Wait for it, or choose another output"
        case .journalDiffers(let path, let what):
            "\(path) belongs to a run with \(what). Go on with it as that run was started, or delete it to begin anew"
        case .journalCorrupt(let path, let line, let reason):
            "\(path), line \(line): \(reason). Delete the file to begin anew"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason). Check the directory and its permissions"
        }
    }
}
