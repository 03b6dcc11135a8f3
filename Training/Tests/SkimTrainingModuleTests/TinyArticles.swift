import Foundation
import TrainingTestSupport

/// Data in SQuAD's layout, long enough for two windows a document.
enum TinyArticles {
    /// Articles of five paragraphs, together of a few more tokens than a window has: a token of the tiny model is a letter.
    static func data(articles: Int, seed: UInt64) throws -> String {
        let words = ["apple", "brook", "cedar", "dune", "ember", "fjord", "grove", "hill", "isle", "jade"]
        var generator = SplitMix(seed: seed)
        var articleTexts: [[String: Any]] = []
        for article in 0..<articles {
            var paragraphs: [[String: Any]] = []
            for number in 0..<5 {
                let context = (0..<18).map { _ in words[generator.below(words.count)] }
                let place = generator.below(18)
                let answer: [String: Any] = [
                    "text": context[place],
                    "answer_start": context.prefix(place).reduce(0) { $0 + $1.count + 1 },
                ]
                let question: [String: Any] = [
                    "id": "\(seed)-\(article)-\(number)", "question": "where is \(number)?",
                    "answers": [answer],
                ]
                paragraphs.append(["context": context.joined(separator: " "), "qas": [question]])
            }
            articleTexts.append(["title": "article \(article)", "paragraphs": paragraphs])
        }
        let object: [String: Any] = ["version": "1.1", "data": articleTexts]
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }
}
