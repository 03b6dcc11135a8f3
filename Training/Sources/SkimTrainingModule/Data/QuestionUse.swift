import DatasetModule

/// What a question of a data set is good for in training.
enum QuestionUse: Equatable {
    /// Its answer stands in these places of the context, in Unicode scalars, at least one.
    case answered([Range<Int>])
    /// The data say that the context does not answer it.
    case unanswerable
    /// Nothing can be learnt from it.
    case leftOut(Reason)

    /// Why a question is left out.
    enum Reason: String, Codable, CaseIterable {
        /// It has no reference answer, and the data do not say that there is none.
        case noReference = "without a reference answer and not flagged as unanswerable (is_impossible)"
        /// Its reference answers have no usable place in the context.
        case noPlace = "with an answer that has no place in the context"
        /// Question or passage cannot be tokenised or cut into windows.
        case noWindow = "that make no window"

        /// The same of one question.
        var fault: String {
            switch self {
            case .noReference:
                "it has no reference answer and is not flagged as unanswerable (is_impossible)"
            case .noPlace: "its answer has no place in the context"
            case .noWindow: "it makes no window"
            }
        }
    }

    /// - Parameters:
    ///   - example: the question.
    ///   - allSpans: whether all places of answers count, or the first alone as in the paper.
    init(_ example: Example, allSpans: Bool) {
        if let first = example.answerRanges.first {
            self = .answered(allSpans ? example.answerRanges : [first])
        } else if !example.answers.isEmpty {
            self = .leftOut(.noPlace)
        } else {
            self = example.isImpossible ? .unanswerable : .leftOut(.noReference)
        }
    }
}
