import ArgumentParser
import BlockSkim
import TerminalModule

/// Whether output for people has colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never

    /// What that means for standard output.
    var isOn: Bool {
        switch self {
        case .auto: Terminal.outputTakesControlSequences
        case .always: true
        case .never: false
        }
    }
}

/// An answer for people: the answers with their places, the text around them, and what it took.
///
/// In colours the text is shown with its dropped blocks dimmed, else the sentence of each answer.
struct AnswerText: CustomStringConvertible {
    private let report: AnswerReport
    private let context: [Unicode.Scalar]
    private let minimumScore: Double
    private let isColored: Bool

    /// How much text is shown before and after the best answer.
    private static let excerptScalars = 2000

    /// How much of a sentence is shown before and after an answer.
    private static let sentenceScalars = 200

    init(_ report: AnswerReport, context: String, minimumScore: Double, isColored: Bool) {
        self.report = report
        self.minimumScore = minimumScore
        self.context = Array(context.unicodeScalars)
        self.isColored = isColored
    }

    var description: String {
        let parts = [answers, isColored ? passage : nil, summary]
        return parts.compactMap { $0 }.joined(separator: isColored ? "\n\n" : "\n")
    }

    /// A line an answer, and without colours another with its sentence.
    private var answers: String {
        if let noAnswer = report.noAnswer, noAnswer.chosen {
            return "The text does not say (\(noAnswer.score.formatted(digits: 2)))"
        }
        guard !report.answers.isEmpty else {
            return minimumScore > 0
                ? "No answer has a score of at least \(minimumScore)" : "No span of the text can be an answer"
        }
        let lines = report.answers.flatMap { answer in
            let score = answer.score.formatted(digits: 2)
            let line = "\(Self.oneLine(answer.text)) (\(score)), characters \(answer.start) to \(answer.end)"
            return isColored ? [line] : [line, "  \(sentence(around: answer))"]
        }
        return lines.joined(separator: "\n")
    }

    /// The sentence that an answer stands in, shortened where it is long.
    private func sentence(around answer: AnswerReport.Answer) -> String {
        let limits =
            max(
                0,
                answer.start - Self.sentenceScalars
            )..<min(context.count, answer.end + Self.sentenceScalars)
        var start = answer.start
        while start > limits.lowerBound, !endsSentence(start - 1) { start -= 1 }
        var end = answer.end
        while end < limits.upperBound, !endsSentence(end - 1) { end += 1 }
        while start < answer.start, context[start].properties.isWhitespace { start += 1 }
        let before = start == limits.lowerBound && start > 0 ? "…" : ""
        let after = end == limits.upperBound && end < context.count ? "…" : ""
        var text = String.UnicodeScalarView()
        text.append(contentsOf: context[start..<end])
        return before + Self.oneLine(String(text)) + after
    }

    /// Whether a sentence ends with a scalar: a mark with white space behind it, or the end of a paragraph.
    private func endsSentence(_ offset: Int) -> Bool {
        let next = offset + 1 < context.count ? context[offset + 1] : "\n"
        switch context[offset] {
        case ".", "!", "?": return next.properties.isWhitespace
        case "\n": return next == "\n"
        default: return false
        }
    }

    /// What was read and how long it took.
    private var summary: String {
        let reading = report.reading
        let windows =
            switch (reading.read, reading.windows) {
            case (1, 1): "1 window"
            case (let read, let all) where read == all: "\(all) windows"
            case (let read, let all): "\(read) of \(all) windows"
            }
        let milliseconds = report.milliseconds
        let total = milliseconds.tokenize + milliseconds.encode + milliseconds.decode
        var text = "\(report.tokens) tokens in \(windows), \(total.formatted(digits: 1)) ms"
        if let skim = report.skim {
            let layers = skim.layers.map { "\($0)" }.joined(separator: ", ")
            text += "; \((100 * skim.keptFraction).formatted(digits: 0)) % kept after layer \(layers)"
            text += " (\(skim.blocks.count { $0.kept }) of \(skim.blocks.count) blocks)"
        }
        return text
    }

    private enum Style: String {
        case kept = "\u{1B}[0m"
        case dropped = "\u{1B}[0;2m"
        case answer = "\u{1B}[0;1;30;42m"
    }

    /// The text around the best answer in colours.
    private var passage: String {
        let styles = styles()
        let center = report.answers.first.map { $0.start..<$0.end } ?? 0..<0
        let shown =
            max(
                0,
                center.lowerBound - Self.excerptScalars
            )..<min(
                context.count,
                center.upperBound + Self.excerptScalars
            )
        var text = shown.lowerBound > 0 ? "…" : ""
        var current = Style.kept
        for offset in shown {
            if styles[offset] != current {
                current = styles[offset]
                text += current.rawValue
            }
            text.unicodeScalars.append(Self.printable(context[offset]))
        }
        return text + Style.kept.rawValue + (shown.upperBound < context.count ? "…" : "")
    }

    /// The style of every scalar of the text: dropped where no window kept it.
    private func styles() -> [Style] {
        let blocks = report.skim?.blocks ?? []
        var styles = [Style](repeating: .kept, count: context.count)
        for block in blocks where !block.kept {
            for offset in block.start..<block.end { styles[offset] = .dropped }
        }
        for block in blocks where block.kept {
            for offset in block.start..<block.end { styles[offset] = .kept }
        }
        // White space between two dropped blocks belongs to them.
        for offset in styles.indices.dropFirst()
        where context[offset].properties.isWhitespace && styles[offset - 1] == .dropped {
            styles[offset] = .dropped
        }
        for answer in report.answers {
            for offset in answer.start..<answer.end { styles[offset] = .answer }
        }
        return styles
    }

    private static func oneLine(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.properties.isWhitespace ? " " : printable(scalar))
        }
        return String(result)
    }

    /// The scalar itself, or a placeholder for one that could make the terminal do something.
    private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            ? "\u{FFFD}" : scalar
    }
}
