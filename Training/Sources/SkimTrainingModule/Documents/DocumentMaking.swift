import DatasetModule
import Foundation

/// Makes long documents of data sets whose questions are about single paragraphs.
///
/// What is made is a function of the files and the settings.
public struct DocumentMaking {
    /// What to make.
    public struct Settings: Sendable {
        /// The data sets.
        public var files: [String] = []
        /// The file to write.
        public var output = ""
        /// The maximum number of questions, chosen at random; nil for all.
        public var questions: Int?
        /// The number of paragraphs in each document, that of the question included.
        public var passages = 4
        /// The share of the questions that are also asked of a document without the paragraph that answers.
        public var unanswerable = 0.2
        /// The share of the questions that are also asked, of the same document, in a form that it does not answer.
        public var changed = 0.0
        /// The order of the paragraphs in a document.
        public var order = Order.shuffled
        /// Whether documents are whole articles with all their questions instead.
        public var wholeArticles = false
        /// What random choices depend on.
        public var seed: UInt64 = 42

        /// The defaults, without files.
        public init() {}
    }

    /// The order of the paragraphs in a document.
    public enum Order: String, CaseIterable, Sendable {
        /// At random.
        case shuffled
        /// As in the data.
        case text
    }

    private let settings: Settings
    private let report: (String) -> Void
    private let showProgress: (_ finished: Int, _ wanted: Int) -> Void
    private let isInterrupted: () -> Bool

    /// - Parameters:
    ///   - settings: what to make.
    ///   - report: called with a line about each thing that is wrong with the data.
    ///   - showProgress: called after each question.
    ///   - isInterrupted: asked before each document; when true, nothing is written.
    /// - Throws: `invalidSetting`.
    public init(
        _ settings: Settings,
        report: @escaping (String) -> Void = { _ in },
        showProgress: @escaping (_ finished: Int, _ wanted: Int) -> Void = { _, _ in },
        isInterrupted: @escaping () -> Bool = { false }
    ) throws(TrainingError) {
        func check(_ name: String, _ value: Any, _ allowed: String, _ isAllowed: Bool) throws(TrainingError) {
            guard isAllowed else { throw .invalidSetting(name: name, value: "\(value)", allowed: allowed) }
        }
        let questions = settings.questions ?? 1
        try check("--questions", questions, "1 or more", questions >= 1)
        try check("--passages", settings.passages, "1 or more", settings.passages >= 1)
        for (name, share) in [("--unanswerable", settings.unanswerable), ("--changed", settings.changed)] {
            try check(name, share, "from 0 to 1", (0...1).contains(share))
        }
        let places = settings.files.map { URL(filePath: $0).resolvingSymlinksInPath() }
        let isInput = places.contains(URL(filePath: settings.output).resolvingSymlinksInPath())
        try check("--output", settings.output, "another file than the data", !isInput)
        self.settings = settings
        self.report = report
        self.showProgress = showProgress
        self.isInterrupted = isInterrupted
    }

    /// Reads the data sets and writes the documents.
    ///
    /// - Returns: what was made; nil when it was interrupted.
    /// - Throws: `dataset`, `noDocuments`, `answerNotInDocument`.
    public func run() throws(TrainingError) -> DocumentTable? {
        let source = try DocumentSource(settings.files, report: report)
        let choice = QuestionChoice(
            source,
            most: settings.questions,
            unanswerable: settings.wholeArticles ? 0 : settings.unanswerable,
            changed: settings.wholeArticles ? 0 : settings.changed,
            seed: settings.seed
        )
        let file = try TrainingError.wrapping {
            try SquadFile(path: settings.output, flagsImpossible: choice.hasUnanswerable)
        }
        var related = RelatedPassages(
            source,
            passages: settings.passages,
            order: settings.order,
            seed: settings.seed
        )
        var table = DocumentTable()
        var finished = 0
        for article in source.articles {
            let chosen = choice.questions(about: article.paragraphs)
            if chosen.isEmpty { continue }
            file.startArticle(title: article.title)
            for questions in settings.wholeArticles ? [chosen] : chosen.map({ [$0] }) {
                if isInterrupted() { return nil }
                var documents: [(passage: Passage, paragraphs: Int)] = []
                if settings.wholeArticles {
                    documents = [try wholeArticle(article, of: source, questions)]
                } else {
                    for question in questions { documents += try related.documents(for: question) }
                }
                for document in documents {
                    try TrainingError.wrapping { try file.append(document.passage) }
                    table.count(document.passage, paragraphs: document.paragraphs)
                }
                finished += questions.count
                showProgress(finished, choice.count)
            }
        }
        if !settings.wholeArticles { table.refused = related.refused }
        if related.missing > 0 {
            let questions = related.missing == 1 ? "1 question has" : "\(related.missing) questions have"
            report("\(questions) no unanswerable document: no passage is left for it")
        }
        if related.unchangeable > 0 {
            let questions =
                related.unchangeable == 1 ? "1 question has" : "\(related.unchangeable) questions have"
            report("\(questions) no changed form: nothing in them can be changed")
        }
        try TrainingError.wrapping { try file.commit() }
        return table
    }

    /// All paragraphs of an article, with the chosen questions.
    private func wholeArticle(
        _ article: DocumentSource.Article,
        of source: DocumentSource,
        _ questions: [QuestionChoice.Question]
    ) throws(TrainingError) -> (passage: Passage, paragraphs: Int) {
        let joined = JoinedParagraphs(source.paragraphs[article.paragraphs].map(\.text))
        var examples: [Example] = []
        for question in questions {
            let place = question.paragraph - article.paragraphs.lowerBound
            examples.append(try joined.moved(question.example, toParagraph: place))
        }
        let passage = Passage(title: article.title, context: joined.text, examples: examples)
        return (passage, article.paragraphs.count)
    }
}
