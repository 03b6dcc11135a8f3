import DatasetModule
import EvaluationModule
import Foundation

/// Finds the answers of a question in paragraphs, compared as SQuAD compares answers.
///
/// A paragraph holds an answer when the normalised text of the one is part of the other's, even inside a word: rather too many
/// paragraphs are taken for holding it than one too few. An answer of which normalising leaves nothing, such as "A", is looked
/// for in the lower-cased text.
struct AnswerSearch {
    /// The texts of a question's answers.
    struct Texts {
        /// Normalised, in UTF-8, of which one stands in another where its scalars do.
        fileprivate var normalized: [Data] = []
        /// Lower-cased, in UTF-8, of those that are nothing when normalised.
        fileprivate var lowercased: [Data] = []

        /// Those of the references and those at the places of answers.
        init(_ example: Example) {
            let scalars = Array(example.context.unicodeScalars)
            let places = example.answerRanges.map { String(String.UnicodeScalarView(scalars[$0])) }
            for text in Set(example.answers.map(\.text) + places).sorted() where !text.isEmpty {
                let normal = Data(NormalizedAnswer(text).text.utf8)
                if normal.isEmpty {
                    lowercased.append(Data(text.lowercased().utf8))
                } else {
                    normalized.append(normal)
                }
            }
        }
    }

    /// The normalised paragraphs that were looked at.
    private var known: [Int: Data] = [:]

    /// Whether a paragraph of a source holds an answer.
    mutating func holds(_ texts: Texts, paragraph: Int, of source: DocumentSource) -> Bool {
        let text = source.paragraphs[paragraph].text
        let normal = known[paragraph] ?? Data(NormalizedAnswer(text).text.utf8)
        known[paragraph] = normal
        return Self.holds(texts, normalized: normal, text: text)
    }

    /// Whether a text holds an answer.
    static func holds(_ texts: Texts, text: String) -> Bool {
        holds(texts, normalized: Data(NormalizedAnswer(text).text.utf8), text: text)
    }

    private static func holds(_ texts: Texts, normalized: Data, text: String) -> Bool {
        if texts.normalized.contains(where: { normalized.range(of: $0) != nil }) { return true }
        guard !texts.lowercased.isEmpty else { return false }
        let lowercased = Data(text.lowercased().utf8)
        return texts.lowercased.contains { lowercased.range(of: $0) != nil }
    }
}
