import DatasetModule
import QuestionAnsweringModule

/// Answers the questions of a data set, passage by passage.
public struct DatasetAnswering {
    /// Something that the caller may want to report or record.
    public enum Event {
        /// A question was answered.
        case answered(AnsweredExample)
        /// A question could not be answered; the rest goes on.
        case failed(Example, QuestionAnsweringError)
        /// A place of the data set could not be used, or not entirely; the rest goes on.
        case issue(DatasetIssue)
    }

    private let answerer: QuestionAnswerer
    private let settings: QuestionAnswerer.Settings
    private let limit: Int

    /// - Parameters:
    ///   - answerer: The model.
    ///   - settings: How questions are answered.
    ///   - limit: How many questions are at most asked, from the start of the data; nil for all.
    public init(answerer: QuestionAnswerer, settings: QuestionAnswerer.Settings, limit: Int? = nil) {
        self.answerer = answerer
        self.settings = settings
        self.limit = limit ?? .max
    }

    /// Asks the questions in the order of the file.
    ///
    /// - Parameters:
    ///   - reader: The data, which is read as far as it is needed.
    ///   - handle: Called for everything that happens, in the order of the file; what it throws ends the work.
    /// - Throws: ``DatasetError`` when the data cannot be read any further, ``QuestionAnsweringError`` when no question
    ///   can be answered with the settings, and what `handle` throws.
    public func run(_ reader: DatasetReader, handle: (Event) throws -> Void) throws {
        var asked = 0
        while asked < limit, let item = try reader.next() {
            switch item {
            case .issue(let issue):
                try handle(.issue(issue))
            case .passage(let passage):
                let examples = passage.examples.prefix(limit - asked)
                asked += examples.count
                try answer(Array(examples), context: passage.context, handle: handle)
            }
        }
    }

    private func answer(_ examples: [Example], context: String, handle: (Event) throws -> Void) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let document: ContextDocument
        do {
            document = try answerer.document(context)
        } catch {
            for example in examples { try handle(.failed(example, error)) }
            return
        }
        let results = try answerer.answers(
            examples.map { QuestionAnswerer.Request(question: $0.question, document: document) },
            settings: settings
        )
        let share = (clock.now - start) / examples.count
        for (example, result) in zip(examples, results) {
            switch result {
            case .success(let answered):
                try handle(
                    .answered(
                        AnsweredExample(
                            example: example,
                            document: document,
                            answered: answered,
                            elapsed: share
                        )
                    )
                )
            case .failure(let error):
                try handle(.failed(example, error))
            }
        }
    }
}

/// A question of a data set with what the model said.
public struct AnsweredExample {
    /// The question with its reference answers.
    public let example: Example
    /// Its share of the time that the questions on its passage took, tokenising included.
    public let elapsed: Duration
    private let document: ContextDocument
    private let answered: QuestionAnswerer.Answered

    init(
        example: Example,
        document: ContextDocument,
        answered: QuestionAnswerer.Answered,
        elapsed: Duration
    ) {
        self.example = example
        self.document = document
        self.answered = answered
        self.elapsed = elapsed
    }

    /// The predicted text; "" when the answer is that the context does not say, and when no span is possible.
    public var prediction: String { answered.decoded.isNoAnswer ? "" : bestSpan }

    /// The text of the best span, whether or not no answer beats it; "" when there is none.
    public var bestSpan: String { answered.decoded.spans.first.map { document[$0.offsets] } ?? "" }

    /// By how many logits no answer is ahead of the best span; nil when there is no span.
    public var noAnswerMargin: Float? { answered.decoded.nullMargin }

    /// The candidates that the probabilities are over, best first.
    public var nBest: [NBestCandidate] {
        answered.decoded.nBest.map { span in
            NBestCandidate(
                text: document[span.offsets],
                start: span.offsets.lowerBound,
                end: span.offsets.upperBound,
                startLogit: Double(span.startLogit),
                endLogit: Double(span.endLogit),
                probability: span.probability
            )
        }
    }

    /// Adds what was kept of the windows, and how right the block classifiers were.
    ///
    /// The blocks that matter are those with a token of the first reference answer, in windows that hold all of it: the
    /// labels that training uses.
    func count(into statistics: inout SkimStatistics) {
        for (window, trace) in answered.windows {
            let label = example.answerRanges.first.map {
                WindowLabel(answer: $0, in: window, of: document.tokens)
            }
            var answerPositions = 0..<0
            if case .answer(let positions)? = label { answerPositions = Range(positions) }
            statistics.add(trace, answerPositions: answerPositions)
        }
    }
}
