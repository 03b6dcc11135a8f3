import BlockSkimModule
import EncoderModule
import TokenizerModule

/// One question on its way from windows to answers.
final class QuestionInProgress {
    let windows: ContextWindows

    private let request: QuestionAnswerer.Request
    private let policy: SkimPolicy?
    private var decoder: SpanDecoder
    private var results: [WindowResult] = []
    private var milliseconds = AnswerReport.Milliseconds(tokenize: 0, encode: 0, decode: 0)
    private let settings: QuestionAnswerer.Settings
    private let clock = ContinuousClock()
    private var truncation: AnswerReport.Truncation?

    init(
        _ request: QuestionAnswerer.Request,
        settings: QuestionAnswerer.Settings,
        policy: SkimPolicy?,
        layout: SpecialTokenLayout,
        tokenize: (String) -> TokenizedText
    ) throws(QuestionAnsweringError) {
        let start = clock.now
        let question = try Question(request.question, tokenize: tokenize)
        let kept = settings.windows.keptTokenCount(ofQuestion: question.tokenIDs.count, layout: layout)
        if kept < question.tokenIDs.count { truncation = .init(kept: kept, of: question.tokenIDs.count) }
        windows = try ContextWindows(
            question: question.truncated(toTokenCount: kept),
            document: request.document,
            settings: settings.windows,
            layout: layout
        )
        decoder = try SpanDecoder(document: request.document, settings: settings.decoding)
        self.request = request
        self.settings = settings
        self.policy = policy
        milliseconds.tokenize = (clock.now - start) / .milliseconds(1)
    }

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
            result.window,
            at: windowIndex,
            startLogits: result.startLogits,
            endLogits: result.endLogits,
            keptPositions: policy?.skippedPositions == .excluded ? result.trace.keptPositions : nil
        )
        results.append(result)
        milliseconds.encode += encodeMilliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
    }

    /// Chooses the answers when all windows are in.
    func finish() -> AnsweredQuestion {
        let start = clock.now
        let decoded = decoder.answers()
        let document = request.document
        let answers = (decoded.isNoAnswer ? [] : decoded.spans)
            .map { AnswerReport.Answer($0, in: document, window: results[$0.windowIndex]) }
            .filter { $0.score >= settings.decoding.minimumScore }
        var milliseconds = milliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
        let report = AnswerReport(
            question: request.question,
            truncation: truncation,
            answers: answers,
            windows: windows.count,
            tokens: results.reduce(0) { $0 + $1.window.tokenCount },
            skim: policy.map { AnswerReport.Skim(layers: $0.layers, windows: results, document: document) },
            noAnswer: settings.decoding.noAnswer == .never
                ? nil
                : AnswerReport.NoAnswer(
                    score: decoded.nullProbability,
                    margin: decoded.nullMargin,
                    chosen: decoded.isNoAnswer
                ),
            milliseconds: milliseconds,
            diagnostics: settings.diagnostics ? AnswerReport.Diagnostics(results) : nil
        )
        return AnsweredQuestion(report: report, windows: results, decoded: decoded)
    }
}
