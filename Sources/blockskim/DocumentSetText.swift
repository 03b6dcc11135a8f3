import BlockSkim

/// What is said of several documents, for people: the answers with file, place and sentence, and what it took.
struct DocumentSetText: CustomStringConvertible {
    let report: DocumentSetReport
    let minimumScore: Double
    let isColored: Bool

    var description: String { "\(answers)\n\(summary)" }

    private var answers: String {
        if let noAnswer = report.noAnswer, noAnswer.chosen {
            return "The documents do not say (\(noAnswer.score.formatted(digits: 2)))"
        }
        let noAnswer =
            report.answerable
            ? nil : "No answer in these documents (\((report.noAnswerScore ?? 1).formatted(digits: 2)))"
        guard !report.answers.isEmpty else {
            return noAnswer
                ?? (minimumScore > 0
                    ? "No answer has a score of at least \(minimumScore)"
                    : "No span of the documents can be an answer")
        }
        let lines = report.answers.enumerated().map { rank, found in
            AnswerLines(
                answer: found.answer,
                label: rank == 0 && !report.answerable ? AnswerLines.bestSpan : "",
                file: found.file,
                excerpt: found.excerpt,
                isHighlighted: isColored
            ).description
        }
        return ([noAnswer].compactMap(\.self) + lines).joined(separator: "\n")
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
        return text
    }
}
