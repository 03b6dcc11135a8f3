import QuestionAnsweringModule

/// Why the default model cannot be used.
public enum DefaultModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// None of the places where it can be has its weights.
    case notFound(weightsFile: String, places: [String])
    /// The environment variable names a directory that is no checkpoint.
    case notACheckpoint(directory: String, variable: String, missingFile: String)
    /// It is there but cannot be loaded as asked.
    case unusable(QuestionAnsweringError)

    /// What went wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notFound(let weightsFile, let places):
            "the default model is not there: no \(weightsFile) in \(places.joined(separator: " or ")); copy "
                + "\(DefaultModel.resources) from where the program was built to beside it, set \(DefaultModel.variable) "
                + "to a checkpoint directory, or name one (--model DIR)"
        case .notACheckpoint(let directory, let variable, let missingFile):
            "\(variable) names '\(directory)', which has no \(missingFile); set it to a checkpoint directory, or unset it"
        case .unusable(let error): error.description
        }
    }
}
