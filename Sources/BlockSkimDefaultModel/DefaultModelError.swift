import QuestionAnsweringModule

/// Why the default model cannot be used.
public enum DefaultModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// None of the places where it can be has its weights.
    case notFound(weightsFile: String, places: [String])
    /// It is there but cannot be loaded as asked.
    case unusable(QuestionAnsweringError)

    /// What went wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notFound(let weightsFile, let places):
            "the default model is not there: no \(weightsFile) in \(places.joined(separator: " or ")); install the program "
                + "with make install, or give a checkpoint directory (--model DIR)"
        case .unusable(let error): error.description
        }
    }
}
