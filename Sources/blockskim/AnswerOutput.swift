import BlockSkim
import TerminalModule

/// Where the reports of a run of `answer` go: one line of JSON each, or text for people.
struct AnswerOutput {
    let format: OutputFormat
    let isColored: Bool
    let minimumScore: Double
    /// Whether JSON holds the text that the offsets count in.
    let includesText: Bool
    let questions: QuestionList

    private var areSeveral: Bool { questions.questions.count > 1 }

    /// Prints what a text says about a question.
    func write(_ report: AnswerReport, at index: Int, text: String, scalars: [Unicode.Scalar]) throws {
        note(report.truncation, at: index)
        switch format {
        case .json: try printJSON(ReportWithText(report: report, text: includesText ? text : nil))
        case .text:
            let shown = AnswerText(
                report,
                context: scalars,
                minimumScore: minimumScore,
                surroundings: isColored && !areSeveral ? .passage : .sentences(isHighlighted: isColored)
            )
            try writeText("\(shown)", at: index)
        }
    }

    /// Prints what a set of documents says about a question.
    func write(_ report: DocumentSetReport, at index: Int) throws {
        note(report.truncation, at: index)
        switch format {
        case .json:
            let texts = report.answers.map { ($0.file, $0.documentText ?? "") }
            let byFile = Dictionary(texts) { first, _ in first }
            try printJSON(ReportWithTexts(report: report, texts: includesText ? byFile : nil))
        case .text:
            let shown = DocumentSetText(report: report, minimumScore: minimumScore, isColored: isColored)
            try writeText("\(shown)", at: index)
        }
    }

    /// Says that a question could not be answered.
    func write(_ error: QuestionAnsweringError, at index: Int) throws {
        let place = questions.place(of: index).map { "\($0): " } ?? ""
        Self.warn("\(place)\(error)")
        switch format {
        case .json:
            let (question, line) = (questions.questions[index], questions.lines[index])
            try printJSON(FailedQuestion(question: question, error: "\(error)", line: line))
        case .text: try writeText("No answer: \(error)", at: index)
        }
    }

    /// Says what was left out; the names of files may hold anything.
    static func warn(_ text: String) { StandardError.write("Warning: \(PrintableText.oneLine(text))") }

    private func writeText(_ text: String, at index: Int) throws {
        guard areSeveral else { return try StandardOutput.write(text) }
        let question = PrintableText.oneLine(questions.questions[index])
        try StandardOutput.write("\(index > 0 ? "\n" : "")\(question)\n\(text)")
    }

    private func note(_ truncation: AnswerReport.Truncation?, at index: Int) {
        guard let truncation else { return }
        StandardError.write("Note: \(questions.place(of: index) ?? "the question was") \(truncation)")
    }
}

/// A report with the text that its offsets count in.
private struct ReportWithText: Encodable {
    private enum Key: CodingKey {
        case text
    }

    let report: AnswerReport
    let text: String?

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(text, forKey: .text)
    }
}

/// A report with the texts of the documents that have its answers.
private struct ReportWithTexts: Encodable {
    private enum Key: CodingKey {
        case texts
    }

    let report: DocumentSetReport
    let texts: [String: String]?

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(texts, forKey: .texts)
    }
}

/// What stands in the place of a report.
private struct FailedQuestion: Encodable {
    let question: String
    let error: String
    let line: Int
}
