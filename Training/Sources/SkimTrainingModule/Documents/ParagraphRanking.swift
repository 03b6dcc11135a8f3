import QuestionAnsweringModule

/// Paragraphs in the order of how well they fit a question by BM25.
///
/// Terms are words without regard to case: documents are made before there is a tokenizer.
struct ParagraphRanking {
    private let paragraphs: Range<Int>
    private let index: LexicalIndex
    /// Where the words of each paragraph stand in the index.
    private let parts: [Range<Int>]
    /// The number of each word.
    private let terms: [String: Int32]

    /// - Parameters:
    ///   - source: what holds the paragraphs.
    ///   - paragraphs: those that are ranked, which also give the frequencies of words.
    init(_ source: DocumentSource, _ paragraphs: Range<Int>) {
        var terms: [String: Int32] = [:]
        var words: [Int32] = []
        var parts: [Range<Int>] = []
        for paragraph in source.paragraphs[paragraphs] {
            let first = words.count
            for word in Self.words(of: paragraph.text) {
                let term = terms[word] ?? Int32(terms.count)
                terms[word] = term
                words.append(term)
            }
            parts.append(first..<words.count)
        }
        self.paragraphs = paragraphs
        self.parts = parts
        self.terms = terms
        index = LexicalIndex(words)
    }

    /// All paragraphs, the best first; of equal ones the earlier.
    func ranked(for question: String) -> [Int] {
        let scores = index.scores(of: Self.words(of: question).compactMap { terms[$0] }, in: parts)
        return scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            .map { paragraphs.lowerBound + $0 }
    }

    /// Runs of letters and digits, lower-cased.
    private static func words(of text: String) -> [String] {
        text.lowercased().unicodeScalars
            .split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }
            .map { String($0) }
    }
}
