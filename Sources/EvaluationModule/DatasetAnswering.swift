import DatasetModule
import QuestionAnsweringModule

/// Answers the questions of a data set: the one loop behind evaluation, prediction and calibration.
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

    /// A question with its document, prepared, or why that cannot be read.
    public struct Item {
        /// The question with its reference answers.
        public let example: Example
        let document: Result<ContextDocument, QuestionAnsweringError>
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
        var waiting: [Item] = []
        try read(reader) { event in
            switch event {
            case .issue(let issue):
                // What came before it is said first.
                try answer(waiting, handle: handle)
                waiting = []
                try handle(.issue(issue))
            case .item(let item):
                waiting.append(item)
                guard waiting.count >= answerer.batchSize else { return }
                try answer(waiting, handle: handle)
                waiting = []
            }
        }
        try answer(waiting, handle: handle)
    }

    /// The questions of a data set with their documents, for those who answer them more than once.
    ///
    /// - Parameters:
    ///   - reader: The data.
    ///   - report: Called for each place of the data set that could not be used, or not entirely.
    /// - Returns: The questions in the order of the file.
    /// - Throws: ``DatasetError``.
    public func items(_ reader: DatasetReader, report: (DatasetIssue) -> Void = { _ in }) throws -> [Item] {
        var items: [Item] = []
        try read(reader) { event in
            switch event {
            case .issue(let issue): report(issue)
            case .item(let item): items.append(item)
            }
        }
        return items
    }

    /// Answers prepared questions.
    ///
    /// - Parameters:
    ///   - items: What is asked.
    ///   - handle: Called for each, in order; what it throws ends the work.
    /// - Throws: As ``run(_:handle:)``.
    public func answer(_ items: [Item], handle: (Event) throws -> Void) throws {
        for start in stride(from: 0, to: items.count, by: answerer.batchSize) {
            try answerTogether(items[start..<min(start + answerer.batchSize, items.count)], handle: handle)
        }
    }

    private func answerTogether(_ items: ArraySlice<Item>, handle: (Event) throws -> Void) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let requests = items.compactMap { item in
            if case .success(let document) = item.document {
                QuestionAnswerer.Request(question: item.example.question, document: document)
            } else {
                nil
            }
        }
        var results = try answerer.answers(requests, settings: settings)[...]
        let share = (clock.now - start) / items.count
        for item in items {
            let answered = item.document.flatMap { document in
                guard let result = results.popFirst() else { preconditionFailure("an answer is missing") }
                return result.map {
                    AnsweredExample(example: item.example, document: document, answered: $0, elapsed: share)
                }
            }
            switch answered {
            case .success(let answered): try handle(.answered(answered))
            case .failure(let error): try handle(.failed(item.example, error))
            }
        }
    }

    private enum Reading {
        case item(Item)
        case issue(DatasetIssue)
    }

    private func read(_ reader: DatasetReader, handle: (Reading) throws -> Void) throws {
        var asked = 0
        while asked < limit, let item = try reader.next() {
            switch item {
            case .issue(let issue): try handle(.issue(issue))
            case .passage(let passage):
                let document = Result { () throws(QuestionAnsweringError) in
                    try answerer.document(passage.context)
                }
                for example in passage.examples.prefix(limit - asked) {
                    asked += 1
                    try handle(.item(Item(example: example, document: document)))
                }
            }
        }
    }
}
