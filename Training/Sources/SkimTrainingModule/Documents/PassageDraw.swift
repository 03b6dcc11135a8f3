import DatasetModule

/// Draws the passages that stand beside the one that a question is about.
struct PassageDraw {
    private let source: DocumentSource
    private var search = AnswerSearch()
    /// The rankings of the last article and the last file that were needed, by number.
    private var article: (number: Int, ranking: ParagraphRanking)?
    private var file: (number: Int, ranking: ParagraphRanking)?
    /// How many passages were refused since they hold an answer.
    private(set) var refused = 0

    init(_ source: DocumentSource) { self.source = source }

    /// Passages without an answer to a question, in the order of how well they fit it.
    ///
    /// They are of the same article as far as it goes, then of the same file. Nothing tells whether another passage of the
    /// article answers a question that is flagged as unanswerable, so for such a one they are of other articles.
    ///
    /// - Parameters:
    ///   - count: how many; fewer are found where the file has no more.
    ///   - example: the question.
    ///   - own: the paragraph that it is about.
    /// - Returns: numbers of paragraphs with different texts.
    mutating func passages(_ count: Int, for example: Example, about own: Int) -> [Int] {
        let texts = AnswerSearch.Texts(example)
        let ownArticle = source.paragraphs[own].article
        let siblings = source.articles[ownArticle].paragraphs
        var found: [Int] = []
        if siblings.count > 1, !example.isImpossible {
            let ranked = articleRanking(ownArticle).ranked(for: example.question)
            take(count, of: ranked, beside: own, without: texts, into: &found)
        }
        if found.count < count {
            let ranked = fileRanking(source.articles[ownArticle].file).ranked(for: example.question)
                .filter { !siblings.contains($0) }
            take(count, of: ranked, beside: own, without: texts, into: &found)
        }
        return found
    }

    private mutating func take(
        _ count: Int,
        of ranked: [Int],
        beside own: Int,
        without texts: AnswerSearch.Texts,
        into found: inout [Int]
    ) {
        for candidate in ranked where candidate != own {
            guard found.count < count else { return }
            if search.holds(texts, paragraph: candidate, of: source) {
                refused += 1
                continue
            }
            let text = source.paragraphs[candidate].text
            let isThere = ([own] + found).contains { source.paragraphs[$0].text == text }
            if !isThere { found.append(candidate) }
        }
    }

    private mutating func articleRanking(_ number: Int) -> ParagraphRanking {
        if let article, article.number == number { return article.ranking }
        let ranking = ParagraphRanking(source, source.articles[number].paragraphs)
        article = (number, ranking)
        return ranking
    }

    private mutating func fileRanking(_ number: Int) -> ParagraphRanking {
        if let file, file.number == number { return file.ranking }
        let ranking = ParagraphRanking(source, source.files[number])
        file = (number, ranking)
        return ranking
    }
}
