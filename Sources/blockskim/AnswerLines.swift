import BlockSkim

/// An answer for people: a line with its place, and where its sentence is shown another with that.
struct AnswerLines: CustomStringConvertible {
    /// How much of a sentence is shown before and after an answer.
    static let sentenceScalars = 200

    let answer: AnswerReport.Answer
    /// What stands before it.
    var label = ""
    /// The document, where there are several.
    var file: String?
    /// The text around the answer, where its sentence is shown.
    var excerpt: DocumentExcerpt?
    /// Whether the answer stands out in its sentence.
    var isHighlighted = false

    var description: String {
        let place = file.map { "\(PrintableText.oneLine($0)), " } ?? ""
        let line =
            "\(label)\(PrintableText.oneLine(answer.text)) (\(answer.score.formatted(digits: 2))), "
            + "\(place)characters \(answer.start) to \(answer.end)"
        return excerpt.map { "\(line)\n  \(sentence(in: $0))" } ?? line
    }

    /// The sentence that the answer stands in, shortened where it is long.
    private func sentence(in excerpt: DocumentExcerpt) -> String {
        let context = Array(excerpt.text.unicodeScalars)
        let (answerStart, answerEnd) = (answer.start - excerpt.start, answer.end - excerpt.start)
        var start = answerStart
        while start > 0, !Self.endsSentence(context, start - 1) { start -= 1 }
        var end = answerEnd
        while end < context.count, !Self.endsSentence(context, end - 1) { end += 1 }
        let isShortened = (
            start: start == 0 && excerpt.start > 0, end: end == context.count && !excerpt.reachesEnd
        )
        while start < answerStart, context[start].properties.isWhitespace { start += 1 }

        func line(_ range: Range<Int>) -> String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: context[range])
            return PrintableText.oneLine(String(text))
        }
        let span = line(answerStart..<answerEnd)
        return (isShortened.start ? "…" : "") + line(start..<answerStart)
            + (isHighlighted ? AnswerStyle.answer.rawValue + span + AnswerStyle.kept.rawValue : span)
            + line(answerEnd..<max(answerEnd, end)) + (isShortened.end ? "…" : "")
    }

    /// Whether a sentence ends with a scalar: a mark with white space behind it, or the end of a paragraph.
    private static func endsSentence(_ context: [Unicode.Scalar], _ offset: Int) -> Bool {
        let next = offset + 1 < context.count ? context[offset + 1] : "\n"
        switch context[offset] {
        case ".", "!", "?": return next.properties.isWhitespace
        case "\n": return next == "\n"
        default: return false
        }
    }
}

/// How parts of a text look in colours.
enum AnswerStyle: String {
    case kept = "\u{1B}[0m"
    case dropped = "\u{1B}[0;2m"
    case answer = "\u{1B}[0;1;30;42m"
}
