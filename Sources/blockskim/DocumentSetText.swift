import BlockSkim

/// What is said of several documents, for people: the answers with file, place and sentence, and what it took.
struct DocumentSetText: CustomStringConvertible {
    let report: DocumentSetReport
    let minimumScore: Double
    let isColored: Bool

    var description: String { "\(answers)\n\(summary)" }

    private var answers: AnswerList {
        AnswerList(
            source: .documents,
            answers: report.answers.map { found in
                AnswerLines(
                    answer: found.answer,
                    file: found.file,
                    excerpt: found.excerpt,
                    isHighlighted: isColored
                )
            },
            nullAnswer: report.noAnswer,
            isAnswerable: report.answerable,
            noAnswerScore: report.noAnswerScore,
            minimumScore: minimumScore
        )
    }

    /// What was read and how long it took.
    private var summary: String {
        let windows = AnswerText.windows(report.reading)
        let documents = report.documents == 1 ? "1 document" : "\(report.documents) documents"
        let milliseconds = report.milliseconds
        let total = milliseconds.tokenize + milliseconds.encode + milliseconds.decode
        var text = "\(report.tokens) tokens in \(windows) of \(documents), \(total.formatted(digits: 1)) ms"
        if let skim = report.skim {
            text += "; \(AnswerText.kept(skim.keptFraction, after: skim.layers))"
            text += AnswerText.secondLooks(skim.secondLooks)
        }
        return text + AnswerText.timeLimit(report.reading)
    }
}
