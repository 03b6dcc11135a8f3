import DatasetModule
import EvaluationModule

/// A question of which one thing is changed, so that its paragraph no longer answers it although nearly every word of it is there:
/// most unanswerable questions of SQuAD 2.0 are of this kind.
///
/// A number becomes another number of the paragraph, a name another name of it, or a word its opposite. That nothing answers the
/// changed question is likely, not certain.
struct ChangedQuestion {
    /// The changed text.
    let text: String

    /// Words that turn a question around, each with the other.
    private static let opposites = [
        ("first", "last"), ("largest", "smallest"), ("highest", "lowest"), ("most", "least"),
        ("more", "fewer"),
        ("before", "after"), ("began", "ended"), ("begin", "end"), ("start", "end"), ("started", "ended"),
        ("north", "south"), ("northern", "southern"), ("east", "west"), ("eastern", "western"),
        ("won", "lost"),
        ("win", "lose"), ("increase", "decrease"), ("increased", "decreased"), ("above", "below"),
        ("oldest", "youngest"), ("earliest", "latest"), ("born", "buried"), ("founded", "dissolved"),
        ("allowed", "forbidden"), ("accepted", "rejected"), ("major", "minor"), ("best", "worst"),
        ("longest", "shortest"), ("maximum", "minimum"), ("male", "female"), ("early", "late"),
        ("upper", "lower"),
    ]

    private static let oppositeOf: [String: String] = {
        var all: [String: String] = [:]
        for (word, other) in opposites {
            all[word] = all[word] ?? other
            all[other] = all[other] ?? word
        }
        return all
    }()

    /// Changes one thing, drawn from all that can be changed; nil when there is none.
    ///
    /// - Parameters:
    ///   - example: The question with its paragraph and answers.
    ///   - generator: What the choice depends on.
    init?(_ example: Example, using generator: inout some RandomNumberGenerator) {
        let question = Phrase.all(of: example.question)
        let paragraph = Phrase.all(of: example.context)
        let asked = Set(question.map(\.text))
        let answers = example.answers.map { NormalizedAnswer($0.text).text }
        func others(_ kind: Phrase.Kind) -> [String] {
            // An answer put into the question would be odd, and a part of one in another form may mean the same.
            Set(paragraph.filter { $0.kind == kind }.map(\.text)).filter { text in
                let normal = NormalizedAnswer(text).text
                return !asked.contains(text) && !normal.isEmpty
                    && !answers.contains { $0.contains(normal) || normal.contains($0) }
                    && !question.contains {
                        $0.kind == kind && ($0.text.contains(text) || text.contains($0.text))
                    }
            }.sorted()
        }
        let known = Set(paragraph.map(\.text))
        var changes: [(Phrase, String)] = []
        for phrase in question {
            switch phrase.kind {
            case .number, .name:
                // What the paragraph does not have is changed already, or written otherwise there.
                guard known.contains(phrase.text) else { continue }
                if let other = others(phrase.kind).randomElement(using: &generator) {
                    changes.append((phrase, other))
                }
            case .word:
                if let other = Self.oppositeOf[phrase.text] { changes.append((phrase, other)) }
            }
        }
        guard let (phrase, other) = changes.randomElement(using: &generator) else { return nil }
        var scalars = Array(example.question.unicodeScalars)
        scalars.replaceSubrange(phrase.scalars, with: other.unicodeScalars)
        text = String(String.UnicodeScalarView(scalars))
    }
}

/// A number, a name or a word of a text, without the punctuation around it.
private struct Phrase {
    enum Kind {
        case number
        /// Words in succession that begin with a capital letter, of which the first does not begin a sentence.
        case name
        case word
    }

    var kind: Kind
    var text: String
    /// Where it stands in the text.
    var scalars: Range<Int>

    static func all(of text: String) -> [Phrase] {
        let scalars = Array(text.unicodeScalars)
        var phrases: [Phrase] = []
        var beginsSentence = true
        var start = 0
        while start < scalars.count {
            guard !scalars[start].properties.isWhitespace else {
                start += 1
                continue
            }
            let end = scalars[start...].firstIndex { $0.properties.isWhitespace } ?? scalars.count
            let word = trimmed(scalars, start..<end)
            if !word.isEmpty {
                append(scalars, word, beginsSentence, to: &phrases)
                // What follows the last letter ends a sentence or not.
                beginsSentence = scalars[word.upperBound..<end].contains {
                    ".?!:".unicodeScalars.contains($0)
                }
            }
            start = end
        }
        return phrases
    }

    private static func append(
        _ scalars: [Unicode.Scalar],
        _ word: Range<Int>,
        _ beginsSentence: Bool,
        to phrases: inout [Phrase]
    ) {
        func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
        let first = scalars[word.lowerBound]
        if scalars[word].allSatisfy({ $0.properties.numericType == .decimal || $0 == "," || $0 == "." }) {
            phrases.append(Phrase(kind: .number, text: text(word), scalars: word))
        } else if first.properties.isUppercase, !beginsSentence {
            // One blank alone between two such words: they are one name.
            if let last = phrases.last, last.kind == .name, last.scalars.upperBound + 1 == word.lowerBound {
                let whole = last.scalars.lowerBound..<word.upperBound
                phrases[phrases.count - 1] = Phrase(kind: .name, text: text(whole), scalars: whole)
            } else {
                phrases.append(Phrase(kind: .name, text: text(word), scalars: word))
            }
        } else {
            phrases.append(Phrase(kind: .word, text: text(word).lowercased(), scalars: word))
        }
    }

    /// Without punctuation at both ends, and without `'s`.
    private static func trimmed(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> Range<Int> {
        func isPart(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        guard let first = scalars[range].firstIndex(where: isPart),
            let last = scalars[range].lastIndex(where: isPart)
        else { return range.lowerBound..<range.lowerBound }
        let isPossessive =
            last - first >= 2 && scalars[last] == "s" && ["'", "\u{2019}"].contains(scalars[last - 1])
        return first..<(isPossessive ? last - 1 : last + 1)
    }
}
