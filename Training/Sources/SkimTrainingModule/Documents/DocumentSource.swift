import DatasetModule
import TerminalModule

/// The paragraphs of data sets with the articles that they stand in: what documents are made of.
struct DocumentSource {
    /// A paragraph with the questions about it that something can be learnt from.
    struct Paragraph {
        var text: String
        /// The number of its article.
        var article: Int
        var examples: [Example]
    }

    /// Paragraphs that belong together: an article of SQuAD's layout, rows in succession with one title, or one paragraph alone.
    struct Article {
        var title: String?
        var file: Int
        /// Its paragraphs among all.
        var paragraphs: Range<Int>
    }

    private(set) var paragraphs: [Paragraph] = []
    private(set) var articles: [Article] = []
    /// The paragraphs of each file among all.
    private(set) var files: [Range<Int>] = []
    /// The ids of all questions.
    private(set) var identifiers: Set<String> = []
    /// The number of questions.
    private(set) var questionCount = 0

    /// Reads data sets.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - report: called with a line about each thing that is wrong with the data.
    /// - Throws: `dataset`, `noDocuments`.
    init(_ paths: [String], report: @escaping (String) -> Void) throws(TrainingError) {
        for path in paths {
            let first = paragraphs.count
            let faults = FaultList(report: report)
            let reader = try TrainingError.wrapping { try DatasetReader(path: path) }
            reader.keepsPassagesWithoutQuestions = true
            // The number that the file gives the article of the last passage, and the title.
            var last: (number: Int?, title: String?)?
            while let item = try TrainingError.wrapping({ try reader.next() }) {
                switch item {
                case .issue(let issue): faults.add("\(issue)", kind: issue.kind)
                case .passage(let passage):
                    let isContinued =
                        last.map { last in
                            last.number == passage.article && last.title == passage.title
                                && (passage.article != nil || passage.title != nil)
                        } ?? false
                    last = (passage.article, passage.title)
                    append(
                        passage,
                        continuing: isContinued,
                        of: path,
                        isFirst: paragraphs.count == first,
                        faults
                    )
                }
            }
            faults.finish()
            files.append(first..<paragraphs.count)
        }
        guard questionCount > 0 else { throw .noDocuments(files: paths) }
    }

    private mutating func append(
        _ passage: Passage,
        continuing: Bool,
        of path: String,
        isFirst: Bool,
        _ faults: FaultList
    ) {
        let examples = passage.examples.filter { example in
            if case .leftOut(let reason) = QuestionUse(example, allSpans: true) {
                faults.add(
                    "\(path), question \(example.id): left out, \(reason.fault)",
                    kind: reason.rawValue
                )
                return false
            }
            guard identifiers.insert(example.id).inserted else {
                let fault = "another file has a question of this id"
                faults.add("\(path), question \(example.id): left out, \(fault)", kind: fault)
                return false
            }
            return true
        }
        questionCount += examples.count
        // A table of questions has the text of a paragraph once for each.
        if !isFirst, passage.article == nil, let last = paragraphs.last, last.text == passage.context {
            paragraphs[paragraphs.count - 1].examples += examples
            return
        }
        let place = paragraphs.count
        if continuing {
            let first = articles[articles.count - 1].paragraphs.lowerBound
            articles[articles.count - 1].paragraphs = first..<place + 1
        } else {
            articles.append(
                Article(title: passage.title, file: files.count, paragraphs: place..<place + 1)
            )
        }
        paragraphs.append(
            Paragraph(text: passage.context, article: articles.count - 1, examples: examples)
        )
    }
}
