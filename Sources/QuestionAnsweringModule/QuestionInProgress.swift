import BlockSkimModule
import EncoderModule
import TokenizerModule

/// One question on its way from windows to answers.
final class QuestionInProgress {
    let windows: ContextWindows
    /// How blocks of its windows are dropped; nil for a dense run.
    let policy: SkimPolicy?
    /// Which windows are read next.
    private(set) var order: ReadingOrder

    private let request: QuestionAnswerer.Request
    private var decoder: SpanDecoder
    /// Of the windows that were read, by their place in the text.
    private var results: [Int: WindowResult] = [:]
    private let start: ContinuousClock.Instant
    private var milliseconds = AnswerReport.Milliseconds(tokenize: 0, encode: 0, decode: 0)
    private let settings: QuestionAnswerer.Settings
    /// What scores go by; nil for the softmax.
    private let confidence: ConfidenceMap?
    private let clock = ContinuousClock()
    private var truncation: AnswerReport.Truncation?

    init(
        _ request: QuestionAnswerer.Request,
        settings: QuestionAnswerer.Settings,
        reading: BestFirstReading?,
        policy: SkimPolicy?,
        confidence: ConfidenceMap?,
        layout: SpecialTokenLayout,
        tokenize: (String) -> TokenizedText
    ) throws(QuestionAnsweringError) {
        start = clock.now
        var question = try Question(request.question, tokenize: tokenize)
        let kept = settings.windows.keptTokenCount(ofQuestion: question.tokenIDs.count, layout: layout)
        if kept < question.tokenIDs.count { truncation = .init(kept: kept, of: question.tokenIDs.count) }
        question = question.truncated(toTokenCount: kept)
        let document = request.document
        func windows(_ settings: WindowSettings) throws(QuestionAnsweringError) -> ContextWindows {
            try ContextWindows(question: question, document: document, settings: settings, layout: layout)
        }
        let all = try windows(settings.windows)
        if let reading, all.count > 1 {
            // A question that leaves too little room in a shorter window is read in those for reading all.
            let shorter = try? windows(reading.windows(within: settings.windows))
            self.windows = shorter ?? all
            self.policy = reading.policy
            let parts = self.windows.indices.map(self.windows.contextTokens)
            order = ReadingOrder(
                promises: document.index.scores(
                    of: question.tokenIDs,
                    in: parts,
                    pairWeight: BestFirstReading.pairWeight
                ),
                reading: reading
            )
        } else {
            self.windows = all
            self.policy = policy
            order = ReadingOrder(
                windowCount: all.count,
                waits: policy?.secondLookScore != nil
            )
        }
        var decoding = settings.decoding
        // Among the candidates, but never chosen for its logits.
        if decoding.noAnswer == .asConfigured { decoding.noAnswer = .above(threshold: .infinity) }
        decoder = try SpanDecoder(document: request.document, settings: decoding)
        self.confidence = confidence
        self.request = request
        self.settings = settings
        milliseconds.tokenize = (clock.now - start) / .milliseconds(1)
    }

    /// Hands out the windows that are to be read next; nil when it depends on others, and when no more are read.
    func takeRound() -> [Int]? { order.takeRound() }

    /// Takes in what the model says of a window.
    ///
    /// - Throws: `unusableLogit`.
    func add(
        _ result: WindowResult,
        at windowIndex: Int,
        encodeMilliseconds: Double
    ) throws(QuestionAnsweringError) {
        let start = clock.now
        try decoder.add(
            result,
            at: windowIndex,
            skippedPositions: policy?.skippedPositions,
            prior: order.priors[windowIndex]
        )
        results[windowIndex] = result
        order.finishWindow(
            best: decoder.bestScore,
            isTimeUp: settings.budget.map { clock.now - self.start >= $0 } ?? false
        )
        milliseconds.encode += encodeMilliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
    }

    /// Who decides whether a round is looked at again; nil when it is not, whatever the model says of it.
    func secondLook(at round: [Int]) -> SecondLook? {
        guard let policy, let score = policy.secondLookScore else { return nil }
        return SecondLook(
            score: score,
            skippedPositions: policy.skippedPositions,
            round: round.map { (windowIndex: $0, prior: order.priors[$0]) },
            decoder: decoder,
            deadline: settings.budget.map { start + $0 }
        )
    }

    /// Chooses the answers when nothing more is read.
    func finish() -> AnsweredQuestion {
        let start = clock.now
        let decoded = decoder.answers()
        let document = request.document
        let noAnswer = settings.decoding.noAnswer
        let features = decoded.spans.compactMap { self.features(of: $0) }
        let confidence = AnswerConfidence(
            decoded,
            features: features,
            map: self.confidence,
            noAnswer: noAnswer
        )
        let isLeftOut = confidence.isNoAnswer && noAnswer != .asConfigured
        let answers = zip(isLeftOut ? [] : decoded.spans, confidence.scores)
            .compactMap { span, score in
                results[span.windowIndex].map {
                    AnswerReport.Answer(span, score: score, in: document, window: $0)
                }
            }
            .filter { $0.score >= settings.decoding.minimumScore }
        var milliseconds = milliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
        let read = results.sorted { $0.key < $1.key }
        let report = AnswerReport(
            question: request.question,
            truncation: truncation,
            answers: answers,
            answerable: !confidence.isNoAnswer,
            noAnswerScore: confidence.noAnswerScore,
            windows: windows.count,
            tokens: read.reduce(0) { $0 + $1.value.window.tokenCount },
            reading: AnswerReport.Reading(order, windows: windows.count, read: read.count),
            skim: policy.map {
                AnswerReport.Skim(layers: $0.layers, windows: windows, read: read, document: document)
            },
            noAnswer: noAnswer == .never || noAnswer == .asConfigured
                ? nil
                : AnswerReport.NoAnswer(
                    score: decoded.nullProbability,
                    margin: decoded.nullMargin,
                    chosen: decoded.isNoAnswer
                ),
            milliseconds: milliseconds,
            diagnostics: settings.diagnostics ? AnswerReport.Diagnostics(read.map(\.value)) : nil
        )
        return AnsweredQuestion(
            report: report,
            windows: read.map(\.value),
            promises: order.promises,
            windowIndices: read.map(\.key),
            decoded: decoded,
            features: features.first,
            confidence: confidence
        )
    }

    /// What the confidence in a span goes by.
    private func features(of span: DecodedSpan) -> ConfidenceFeatures? {
        results[span.windowIndex].map {
            ConfidenceFeatures(
                span,
                standing: decoder.standing(of: span),
                window: $0,
                windows: windows.count,
                read: results.count
            )
        }
    }
}
