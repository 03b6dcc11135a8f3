/// Why nothing was answered.
enum AnswerFailure: Error, Equatable, CustomStringConvertible {
    /// A file of questions has only blank lines.
    case noQuestions(name: String)
    /// A directory has nothing to read.
    case noFiles(directory: String)
    /// Every document of a set was left out; the reasons were said.
    case noDocuments(count: Int)
    /// Every question failed; the reasons were said.
    case noQuestionAnswered(count: Int)

    var description: String {
        switch self {
        case .noQuestions(let name): "\(name): has no question; write one a line"
        case .noFiles(let directory):
            "\(directory): has no file to read; those whose names begin with a dot are left out"
        case .noDocuments(let count):
            "none of the \(count) documents can be read; see the warnings above"
        case .noQuestionAnswered(let count):
            "none of the \(count) questions can be answered; see the warnings above"
        }
    }
}
