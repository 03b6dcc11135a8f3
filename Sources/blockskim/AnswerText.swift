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

/// What is said of one text, for people: the answers with their places, the text around them, and what it took.
///
/// In colours the text is shown with its dropped blocks dimmed, else the sentence of each answer.
struct AnswerText: CustomStringConvertible {
    /// What is shown of the text.
    enum Surroundings {
        /// The text around the best answer, in colours.
        case passage
        /// The sentence of each answer.
        case sentences(isHighlighted: Bool)
    }

    private let report: AnswerReport
    private let context: [Unicode.Scalar]
    private let minimumScore: Double
    private let surroundings: Surroundings

    /// How much text is shown before and after the best answer.
    private static let excerptScalars = 2000

    /// - Parameters:
    ///   - report: What is said.
    ///   - context: The scalars of the whole text.
    ///   - minimumScore: The score that was asked for.
    ///   - surroundings: What is shown of the text.
    init(
        _ report: AnswerReport,
        context: [Unicode.Scalar],
        minimumScore: Double,
        surroundings: Surroundings
    ) {
        self.report = report
        self.minimumScore = minimumScore
        self.context = context
        self.surroundings = surroundings
    }

    var description: String {
        switch surroundings {
        case .passage: "\(answers)\n\n\(passage)\n\n\(summary)"
        case .sentences: "\(answers)\n\(summary)"
        }
    }

    private var answers: AnswerList {
        AnswerList(
            source: .text,
            answers: report.answers.map { answer in
                guard case .sentences(let isHighlighted) = surroundings else {
                    return AnswerLines(answer: answer)
                }
                return AnswerLines(
                    answer: answer,
                    excerpt: excerpt(around: answer),
                    isHighlighted: isHighlighted
                )
            },
            nullAnswer: report.noAnswer,
            isAnswerable: report.answerable,
            noAnswerScore: report.noAnswerScore,
            minimumScore: minimumScore
        )
    }

    private func excerpt(around answer: AnswerReport.Answer) -> DocumentExcerpt {
        let start = max(0, answer.start - AnswerLines.sentenceScalars)
        let end = min(context.count, answer.end + AnswerLines.sentenceScalars)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: context[start..<end])
        return DocumentExcerpt(text: String(text), start: start, reachesEnd: end == context.count)
    }

    /// How many windows were read, and of how many.
    static func windows(_ reading: AnswerReport.Reading) -> String {
        switch (reading.read, reading.windows) {
        case (1, 1): "1 window"
        case (let read, let all) where read == all: "\(all) windows"
        case (let read, let all): "\(read) of \(all) windows"
        }
    }

    /// Which share of the tokens went on, and after which layers the others were dropped.
    static func kept(_ fraction: Double, after layers: [Int]) -> String {
        let noun = layers.count == 1 ? "layer" : "layers"
        let names = layers.map { "\($0)" }.enumeration
        return "\((100 * fraction).formatted(digits: 0)) % kept after \(noun) \(names)"
    }

    /// How many windows were looked at again; "" where none was.
    static func secondLooks(_ windows: Int?) -> String {
        switch windows {
        case nil: ""
        case 1: "; 1 window looked at again"
        case let windows?: "; \(windows) windows looked at again"
        }
    }

    /// That more would have been read; "" where the time did not stop it.
    static func timeLimit(_ reading: AnswerReport.Reading) -> String {
        reading.stopped == .budget ? "; the time was up" : ""
    }

    /// What was read and how long it took.
    private var summary: String {
        let windows = Self.windows(report.reading)
        let milliseconds = report.milliseconds
        let total = milliseconds.tokenize + milliseconds.encode + milliseconds.decode
        var text = "\(report.tokens) tokens in \(windows), \(total.formatted(digits: 1)) ms"
        if let skim = report.skim {
            text += "; \(Self.kept(skim.keptFraction, after: skim.layers))"
            text += " (\(skim.blocks.count { $0.kept }) of \(skim.blocks.count) blocks)"
            text += Self.secondLooks(skim.secondLooks)
        }
        return text + Self.timeLimit(report.reading)
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
        var current = AnswerStyle.kept
        for offset in shown {
            if styles[offset] != current {
                current = styles[offset]
                text += current.rawValue
            }
            text.unicodeScalars.append(PrintableText.scalar(context[offset]))
        }
        return text + AnswerStyle.kept.rawValue + (shown.upperBound < context.count ? "…" : "")
    }

    /// The style of every scalar of the text: dropped where no window kept it.
    private func styles() -> [AnswerStyle] {
        let blocks = report.skim?.blocks ?? []
        var styles = [AnswerStyle](repeating: .kept, count: context.count)
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
}
