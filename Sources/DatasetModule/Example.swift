/// A reference answer of a question, and where it stands when the data set says so.
public struct Answer: Equatable, Hashable, Sendable {
    /// The answer as the data set writes it; what predictions are scored against.
    public var text: String
    /// Offset of the first Unicode scalar in the context; nil when the data set gives no place, or a wrong one.
    public var start: Int?

    /// Creates an answer.
    public init(text: String, start: Int?) {
        self.text = text
        self.start = start
    }
}

/// One question on one context, with its reference answers.
public struct Example: Equatable, Sendable {
    /// Identifies the question in the data set and in prediction files (SQuAD `id`, MRQA `qid`).
    public var id: String
    /// The question as written, not stripped.
    public var question: String
    /// The text that the answers are taken from; shares its storage with the passage.
    public var context: String
    /// The reference answers in the order of the file; empty for unanswerable questions and for data without answers.
    public var answers: [Answer]
    /// Where answers stand, as half-open ranges of Unicode scalars of the context, in the order of the file.
    ///
    /// SQuAD: the range of each answer that has a start. MRQA: every detected span. The first is the training label.
    public var answerRanges: [Range<Int>]
    /// The title of the article (SQuAD).
    public var title: String?
    /// True when the data set says that the context does not answer the question (SQuAD 2.0).
    public var isImpossible: Bool

    /// Creates an example.
    public init(
        id: String,
        question: String,
        context: String,
        answers: [Answer],
        answerRanges: [Range<Int>] = [],
        title: String? = nil,
        isImpossible: Bool = false
    ) {
        self.id = id
        self.question = question
        self.context = context
        self.answers = answers
        self.answerRanges = answerRanges
        self.title = title
        self.isImpossible = isImpossible
    }
}

/// A context and all questions on it, so that it is tokenised once.
public struct Passage: Equatable, Sendable {
    /// The title of the article (SQuAD).
    public var title: String?
    /// The number of its article among those of the file, from 0; nil where the layout does not put passages into articles.
    public var article: Int?
    /// The text that the questions are about.
    public var context: String
    /// The questions on the context; at least one, unless ``DatasetReader/keepsPassagesWithoutQuestions`` is set.
    public var examples: [Example]

    /// Creates a passage.
    public init(title: String?, article: Int? = nil, context: String, examples: [Example]) {
        self.title = title
        self.article = article
        self.context = context
        self.examples = examples
    }
}
