import BlockSkimModule
import EncoderModule
import TokenizerModule

/// A window with what it should answer: an example to learn from.
public struct LabelledWindow: Sendable, Equatable {
    /// All tokens of the window, special ones included.
    public let ids: [Int32]  // [tokens]
    /// The segment that each token belongs to.
    public let tokenTypes: [Int32]  // [tokens]
    /// The tokens of `[CLS] question [SEP]`.
    public let prefixLength: Int
    /// The positions of the answer's first and last token; nil when the window does not hold the whole answer.
    public let answer: ClosedRange<Int>?

    /// The position of the classifier token, the target of a window without answer.
    public static let classifierPosition = ContextWindow.classifierPosition
}

/// Cuts documents into labelled windows, exactly as ``QuestionAnswerer`` cuts them.
public struct WindowLabeller: Sendable {
    private let tokenizer: Tokenizer
    private let settings: WindowSettings
    private let layout: SpecialTokenLayout

    /// A labeller for one tokenizer and one way to cut.
    ///
    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - encoder: the model's shape.
    ///   - settings: how long contexts are cut; clamped to what the model can take.
    /// - Throws: `windowTooSmall`, `questionFillsWindow`, `overlapOutOfRange`, `stepOutOfRange` when no question at
    ///   all can be answered with the settings.
    public init(
        tokenizer: Tokenizer,
        encoder: EncoderConfiguration,
        settings: WindowSettings
    ) throws(QuestionAnsweringError) {
        self.tokenizer = tokenizer
        self.settings = settings.clamped(toPositionLimit: encoder.maximumPositions)
        layout = SpecialTokenLayout(tokenizer.pairLayout, tokenTypeCount: encoder.tokenTypeCount)
        try self.settings.validate(layout: layout)
    }

    /// Tokenises a document that several questions are asked about.
    ///
    /// - Throws: `blankContext`.
    public func document(_ text: String) throws(QuestionAnsweringError) -> ContextDocument {
        try ContextDocument(text, tokenize: tokenizer.tokenize)
    }

    /// The windows of one question.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - answer: where its answer stands in the document, in Unicode scalars; nil when the document has none.
    ///   - document: where the answer is looked for.
    /// - Returns: all windows of the document, in order.
    /// - Throws: `emptyQuestion`, `questionFillsWindow`, `overlapOutOfRange`, `stepOutOfRange`.
    public func windows(
        question: String,
        answer: Range<Int>?,
        document: ContextDocument
    ) throws(QuestionAnsweringError) -> [LabelledWindow] {
        let windows = try ContextWindows(
            question: Question(question, tokenize: tokenizer.tokenize),
            document: document,
            settings: settings,
            layout: layout
        )
        return windows.map { window in
            LabelledWindow(
                ids: window.ids,
                tokenTypes: window.tokenTypes,
                prefixLength: window.prefixLength,
                answer: answer.flatMap {
                    WindowLabel(answer: $0, in: window, of: document.tokens).positions
                }
            )
        }
    }
}

/// A window of an answered question, with what was kept of it.
public struct TracedWindow: Sendable {
    /// What was kept where.
    public let trace: SkimTrace
    /// The tokens of `[CLS] question [SEP]`.
    public var prefixLength: Int { window.prefixLength }
    private let window: ContextWindow

    init(window: ContextWindow, trace: SkimTrace) {
        self.window = window
        self.trace = trace
    }

    /// The positions of an answer's first and last token; nil when the window does not hold all of it.
    ///
    /// - Parameters:
    ///   - answer: where it stands in the document, in Unicode scalars.
    ///   - document: the document that the window is of.
    /// - Returns: positions in the window.
    public func positions(of answer: Range<Int>, in document: ContextDocument) -> ClosedRange<Int>? {
        WindowLabel(answer: answer, in: window, of: document.tokens).positions
    }
}

extension WindowLabel {
    /// The answer's positions, if there are any.
    fileprivate var positions: ClosedRange<Int>? {
        switch self {
        case .answer(let positions): positions
        case .noAnswer: nil
        }
    }
}

extension QuestionAnswerer {
    /// A report with what was kept of each window, for evaluation.
    public struct TracedReport: Sendable {
        /// The answers.
        public let report: AnswerReport
        /// The windows that the document was read in.
        public let windows: [TracedWindow]
    }

    /// Answers questions together, as ``answer(_:settings:)``, and says of every window what was kept.
    ///
    /// - Parameters:
    ///   - questions: what is asked about which document.
    ///   - settings: how it is to be answered.
    ///   - progress: called after each batch with how many windows of all questions are done.
    /// - Returns: one result a question, in order.
    /// - Throws: only what concerns all questions.
    public func tracedAnswers(
        _ questions: [(question: String, document: ContextDocument)],
        settings: Settings = Settings(),
        progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws(QuestionAnsweringError) -> [Result<TracedReport, QuestionAnsweringError>] {
        try answers(
            questions.map { Request(question: $0.question, document: $0.document) },
            settings: settings,
            progress: progress
        )
        .map { result in
            result.map { answered in
                TracedReport(
                    report: answered.report,
                    windows: answered.windows.map { TracedWindow(window: $0.window, trace: $0.trace) }
                )
            }
        }
    }
}
