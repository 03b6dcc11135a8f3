import DatasetModule
import Foundation

/// What documents were made.
public struct DocumentTable: Equatable, Sendable {
    /// Questions written, unanswerable ones included.
    public var questions = 0
    /// Questions written that their document does not answer.
    public var unanswerable = 0
    /// Documents written.
    public var documents = 0
    /// Words of all documents, separated by white space.
    public var words = 0
    /// Paragraphs of all documents.
    public var passages = 0
    /// How often a passage was refused since it holds an answer; nil for whole articles.
    public var refused: Int?

    /// Counts a document.
    mutating func count(_ passage: Passage, paragraphs: Int) {
        documents += 1
        questions += passage.examples.count
        unanswerable += passage.examples.count(where: \.isImpossible)
        passages += paragraphs
        words += passage.context.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count
    }
}

extension DocumentTable: CustomStringConvertible {
    /// The table, a line each.
    public var description: String {
        let mean = { (sum: Int) in String(format: "%.1f", Double(sum) / Double(max(1, documents))) }
        var rows = [
            ("questions", "\(questions)"), ("of these unanswerable", "\(unanswerable)"),
            ("documents", "\(documents)"), ("passages a document", mean(passages)),
            ("words a document", mean(words)),
        ]
        if let refused { rows.append(("passages refused, as they hold the answer", "\(refused)")) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name.padding(toLength: width, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(2, 12 - value.count)) + value
        }.joined(separator: "\n")
    }
}
