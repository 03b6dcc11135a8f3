/// The best answers to one question over the documents that were read so far, and what they took.
struct DocumentRanking {
    private struct Place {
        let answer: DocumentSetReport.Answer
        let documentIndex: Int

        /// Higher margin over no answer; then in the order of the documents.
        ///
        /// Ranked by the sum of logits, a document that does not answer wins more often (`Documentation/LongDocuments.md`).
        func precedes(_ other: Place) -> Bool {
            let (one, two) = (answer.answer, other.answer.answer)
            if one.margin != two.margin { return one.margin > two.margin }
            if documentIndex != other.documentIndex { return documentIndex < other.documentIndex }
            return one.start < two.start
        }
    }

    /// How much text around an answer is kept.
    private static let excerptScalars = 200

    private let keepsTexts: Bool
    private var best: BestList<Place>
    private var total: DocumentSetReport?
    private var keptTokens = 0.0
    private var secondLooks = 0
    private var tokenizeMilliseconds = 0.0
    private var firstFailure: QuestionAnsweringError?

    /// - Parameters:
    ///   - answerCount: How many answers are kept.
    ///   - keepsTexts: Whether their documents are kept with them.
    init(answerCount: Int, keepsTexts: Bool) {
        best = BestList(capacity: answerCount)
        self.keepsTexts = keepsTexts
    }

    /// Takes in what one document says.
    mutating func add(
        _ report: AnswerReport,
        of document: ContextDocument,
        file: String,
        at documentIndex: Int
    ) {
        for answer in report.answers {
            let place = Place(answer: .init(file: file, answer: answer), documentIndex: documentIndex)
            if best.elements.count == best.capacity, let last = best.elements.last, !place.precedes(last) {
                continue
            }
            var kept = place.answer
            kept.excerpt = DocumentExcerpt(
                of: document,
                around: answer.start..<answer.end,
                scalarCount: Self.excerptScalars
            )
            kept.documentText = keepsTexts ? document.text : nil
            best.offer(Place(answer: kept, documentIndex: documentIndex)) { $0.precedes($1) }
        }
        keptTokens += (report.skim?.keptFraction ?? 1) * Double(report.tokens)
        secondLooks += report.skim?.secondLooks ?? 0
        add(counts: report)
    }

    /// Takes in that one document could not be read for this question.
    mutating func add(_ failure: QuestionAnsweringError) {
        if firstFailure == nil { firstFailure = failure }
    }

    /// Adds time that was spent on no single document.
    mutating func add(tokenizeMilliseconds: Double) {
        self.tokenizeMilliseconds += tokenizeMilliseconds
    }

    /// All documents together; when none was read, why the first was not, or nil when there was none.
    func report() -> Result<DocumentSetReport, QuestionAnsweringError>? {
        guard var total else { return firstFailure.map { .failure($0) } }
        total.answers = best.elements.map(\.answer)
        total.milliseconds.tokenize += tokenizeMilliseconds
        total.skim?.keptFraction = keptTokens / Double(max(1, total.tokens))
        total.skim?.secondLooks = secondLooks > 0 ? secondLooks : nil
        return .success(total)
    }

    private mutating func add(counts report: AnswerReport) {
        guard var total else {
            self.total = DocumentSetReport(
                question: report.question,
                truncation: report.truncation,
                answers: [],
                answerable: report.answerable,
                noAnswerScore: report.noAnswerScore,
                documents: 1,
                windows: report.windows,
                tokens: report.tokens,
                reading: report.reading,
                skim: report.skim.map { .init(layers: $0.layers, keptFraction: 1) },
                noAnswer: report.noAnswer,
                milliseconds: report.milliseconds
            )
            return
        }
        total.documents += 1
        total.windows += report.windows
        total.tokens += report.tokens
        total.reading.windows += report.reading.windows
        total.reading.read += report.reading.read
        // That the time was up is what a user can change.
        if total.reading.stopped == .all || report.reading.stopped == .budget {
            total.reading.stopped = report.reading.stopped
        }
        if total.reading.order == .text { total.reading.order = report.reading.order }
        total.milliseconds.tokenize += report.milliseconds.tokenize
        total.milliseconds.encode += report.milliseconds.encode
        total.milliseconds.decode += report.milliseconds.decode
        total.answerable = total.answerable || report.answerable
        total.noAnswerScore = [total.noAnswerScore, report.noAnswerScore].compactMap(\.self).min()
        // The margin is absent where there is no span at all.
        if let noAnswer = report.noAnswer,
            noAnswer.margin ?? .infinity < total.noAnswer?.margin ?? .infinity
        {
            total.noAnswer = noAnswer
        }
        self.total = total
    }
}
