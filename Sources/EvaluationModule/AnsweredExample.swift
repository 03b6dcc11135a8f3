import BlockSkimModule
import DatasetModule
import QuestionAnsweringModule

/// A question of a data set with what the model said.
public struct AnsweredExample {
    /// The question with its reference answers.
    public let example: Example
    /// Its share of the time that the questions on its passage took, tokenising included.
    public let elapsed: Duration
    let document: ContextDocument
    let answered: AnsweredQuestion

    init(
        example: Example,
        document: ContextDocument,
        answered: AnsweredQuestion,
        elapsed: Duration
    ) {
        self.example = example
        self.document = document
        self.answered = answered
        self.elapsed = elapsed
    }

    /// How much of the question was read; nil when all of it was.
    public var truncation: AnswerReport.Truncation? { answered.report.truncation }

    /// What was read of the document.
    public var reading: AnswerReport.Reading { answered.report.reading }

    /// How long the model took, in milliseconds, tokenising not included.
    public var encodeMilliseconds: Double { answered.report.milliseconds.encode }

    /// The predicted text; "" when the answer is that the context does not say, and when no span is possible.
    public var prediction: String { answered.confidence.isNoAnswer ? "" : bestSpan }

    /// The text of the best span, whether or not no answer beats it; "" when there is none.
    public var bestSpan: String { answered.decoded.spans.first.map { document[$0.offsets] } ?? "" }

    /// By how many logits no answer is ahead of the best span; nil when there is no span.
    public var noAnswerMargin: Float? { answered.decoded.nullMargin }

    /// The probability that the text does not say, from 0 to 1; nil where it is known to say, or nothing tells.
    public var noAnswerScore: Double? { answered.confidence.noAnswerScore }

    /// What the confidence in the best span goes by; nil when there is none.
    public var features: ConfidenceFeatures? { answered.features }

    /// How sure the model is of its prediction, and whether that is right.
    public var judged: JudgedAnswer {
        let confidence = answered.confidence
        return JudgedAnswer(
            confidence: (confidence.isNoAnswer ? confidence.noAnswerScore : confidence.scores.first) ?? 0,
            isRight: example.accepts(prediction)
        )
    }

    /// The candidates that the probabilities are over, best first.
    public var nBest: [NBestCandidate] {
        answered.decoded.nBest.map { span in
            NBestCandidate(
                text: document[span.offsets],
                start: span.offsets.lowerBound,
                end: span.offsets.upperBound,
                startLogit: Double(span.startLogit),
                endLogit: Double(span.endLogit),
                probability: span.probability
            )
        }
    }

    /// What the model said of each window, with the positions of the tokens of the first reference answer in it.
    ///
    /// They are empty in a window that has none of them; one that cuts the answer has some: the labels of blocks that training
    /// uses.
    public var windows: [(result: WindowResult, answerPositions: Range<Int>)] {
        zip(answered.windows, labels).map { ($0, $1.answerTokens.first.map(Range.init) ?? 0..<0) }
    }

    /// The windows that hold a candidate, by their place in ``windows``, and its positions in each.
    public func places(of candidate: NBestCandidate) -> [(window: Int, positions: Range<Int>)] {
        guard let start = candidate.start, let end = candidate.end else { return [] }
        return answered.windows.enumerated().compactMap { index, result in
            result.window.positions(of: start..<end, in: document).map { (index, Range($0)) }
        }
    }

    /// The windows with what they should answer by the first reference answer, as training labels them.
    public var labels: [LabelledWindow] {
        answered.windows.map { result in
            let range = example.answerRanges.first
            return LabelledWindow(
                window: result.window,
                answer: range.flatMap { result.window.positions(of: $0, in: document) },
                answerTokens: [range.flatMap { result.window.answerTokens(of: $0, in: document) }]
                    .compactMap(\.self)
            )
        }
    }
}
