import BlockSkimModule
import TokenizerModule

/// One question on its way from windows to answers.
final class QuestionInProgress {
    let windows: ContextWindows

    private let request: QuestionAnswerer.Request
    private let keepsDiagnostics: Bool
    private var decoder: SpanDecoder
    private var encoded: [(window: ContextWindow, trace: SkimTrace)] = []
    private var diagnostics: [AnswerReport.Diagnostics.Window] = []
    private var milliseconds = AnswerReport.Milliseconds(tokenize: 0, encode: 0, decode: 0)
    private let settings: QuestionAnswerer.Settings
    private let clock = ContinuousClock()

    init(
        _ request: QuestionAnswerer.Request,
        settings: QuestionAnswerer.Settings,
        layout: SpecialTokenLayout,
        tokenize: (String) -> TokenizedText
    ) throws(QuestionAnsweringError) {
        let start = clock.now
        windows = try ContextWindows(
            question: Question(request.question, tokenize: tokenize),
            document: request.document,
            settings: settings.windows,
            layout: layout
        )
        decoder = try SpanDecoder(document: request.document, settings: settings.decoding)
        self.request = request
        self.settings = settings
        keepsDiagnostics = settings.diagnostics
        milliseconds.tokenize = (clock.now - start) / .milliseconds(1)
    }

    /// Takes in what the model says of a window.
    ///
    /// - Throws: `unusableLogit`.
    func add(
        _ window: ContextWindow,
        at windowIndex: Int,
        _ result: SpanModel.WindowResult,
        encodeMilliseconds: Double
    ) throws(QuestionAnsweringError) {
        let start = clock.now
        try decoder.add(
            window,
            at: windowIndex,
            startLogits: result.startLogits,
            endLogits: result.endLogits,
            keptPositions: result.eligiblePositions
        )
        encoded.append((window, result.trace))
        if keepsDiagnostics {
            diagnostics.append(
                AnswerReport.Diagnostics.Window(
                    ids: window.ids,
                    startLogits: result.startLogits,
                    endLogits: result.endLogits
                )
            )
        }
        milliseconds.encode += encodeMilliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
    }

    /// Chooses the answers when all windows are in.
    func finish(skimLayers: [Int]?) -> QuestionAnswerer.Answered {
        let start = clock.now
        let decoded = decoder.answers()
        let document = request.document
        var milliseconds = milliseconds
        milliseconds.decode += (clock.now - start) / .milliseconds(1)
        let report = AnswerReport(
            question: request.question,
            answers: decoded.isNoAnswer ? [] : decoded.spans.map { AnswerReport.Answer($0, in: document) },
            windows: windows.count,
            tokens: encoded.reduce(0) { $0 + $1.window.tokenCount },
            skim: skimLayers.map { AnswerReport.Skim(layers: $0, windows: encoded, document: document) },
            noAnswer: settings.decoding.noAnswer == .never
                ? nil
                : AnswerReport.NoAnswer(
                    score: decoded.nullProbability,
                    margin: decoded.nullMargin,
                    chosen: decoded.isNoAnswer
                ),
            milliseconds: milliseconds,
            diagnostics: keepsDiagnostics ? AnswerReport.Diagnostics(windows: diagnostics) : nil
        )
        return QuestionAnswerer.Answered(report: report, decoded: decoded, windows: encoded)
    }
}

extension AnswerReport.Answer {
    /// A span with its text.
    package init(_ span: DecodedSpan, in document: ContextDocument) {
        self.init(
            text: document[span.offsets],
            start: span.offsets.lowerBound,
            end: span.offsets.upperBound,
            score: span.probability
        )
    }
}
