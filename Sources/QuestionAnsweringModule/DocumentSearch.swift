/// Looks for the answers to some questions in any number of documents, a few of which are in memory at a time.
///
/// ```swift
/// var search = DocumentSearch(answerer, questions: ["Who wrote it?"])
/// for path in try TextFolder.files(in: "papers") {
///     try search.add(TextFile(path: path).text, file: path)
/// }
/// for report in try search.finish() { print(try report.get().answers) }
/// ```
///
/// What is said of a document is, to the last bit, what is said of it alone.
public struct DocumentSearch {
    private struct Waiting {
        let document: ContextDocument
        let file: String
        let index: Int
    }

    private let answerer: QuestionAnswerer
    private let questions: [String]
    private let settings: QuestionAnswerer.Settings
    private let handleFailure: (String, Int, QuestionAnsweringError) -> Void
    private var rankings: [DocumentRanking]
    private var waiting: [Waiting] = []
    private var added = 0

    /// How many documents were answered about and let go.
    public var finishedDocuments: Int { added - waiting.count }

    /// - Parameters:
    ///   - answerer: What answers.
    ///   - questions: What is asked of each document.
    ///   - settings: How it is to be answered; `decoding.answerCount` answers of all documents together are kept.
    ///   - keepsTexts: Whether the documents of the best answers are kept with them.
    ///   - handleFailure: Called for each question, by its index, that could not be answered about a document, by its name.
    public init(
        _ answerer: QuestionAnswerer,
        questions: [String],
        settings: QuestionAnswerer.Settings = QuestionAnswerer.Settings(),
        keepsTexts: Bool = false,
        handleFailure: @escaping (_ file: String, _ question: Int, QuestionAnsweringError) -> Void = {
            _,
            _,
            _ in
        }
    ) {
        self.answerer = answerer
        self.questions = questions
        self.settings = settings
        self.handleFailure = handleFailure
        rankings = questions.map { _ in
            DocumentRanking(answerCount: settings.decoding.answerCount, keepsTexts: keepsTexts)
        }
    }

    /// Reads a document, now or together with the next ones.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - file: Its name in the reports.
    /// - Throws: `blankContext`, after which others may be added; what concerns all of them: settings that no question
    ///   can be answered with, and `cancelled`.
    public mutating func add(_ text: String, file: String) throws(QuestionAnsweringError) {
        let clock = ContinuousClock()
        let start = clock.now
        waiting.append(Waiting(document: try answerer.document(text), file: file, index: added))
        added += 1
        let milliseconds = (clock.now - start) / .milliseconds(1)
        for index in rankings.indices {
            rankings[index].add(tokenizeMilliseconds: milliseconds / Double(rankings.count))
        }
        let tokens = waiting.reduce(0) { $0 + $1.document.tokens.ids.count }
        if tokens * questions.count >= answerer.groupTokens { try answerWaiting() }
    }

    /// Answers about what is left.
    ///
    /// - Returns: A report a question, in order, or why no document could be read for it; without documents, none.
    /// - Throws: What concerns all questions.
    public mutating func finish() throws(QuestionAnsweringError) -> [Result<
        DocumentSetReport, QuestionAnsweringError
    >] {
        try answerWaiting()
        return rankings.compactMap { $0.report() }
    }

    private mutating func answerWaiting() throws(QuestionAnsweringError) {
        let group = waiting
        waiting = []
        let requests = group.flatMap { item in
            questions.map { QuestionAnswerer.Request(question: $0, document: item.document) }
        }
        for range in answerer.groups(of: requests) {
            let results = try answerer.answers(Array(requests[range]), settings: settings)
            for (index, result) in zip(range, results) {
                add(
                    result.map(\.report),
                    of: group[index / questions.count],
                    question: index % questions.count
                )
            }
        }
    }

    private mutating func add(
        _ result: Result<AnswerReport, QuestionAnsweringError>,
        of item: Waiting,
        question: Int
    ) {
        switch result {
        case .success(let report):
            rankings[question].add(report, of: item.document, file: item.file, at: item.index)
        case .failure(let error):
            rankings[question].add(error)
            handleFailure(item.file, question, error)
        }
    }
}
