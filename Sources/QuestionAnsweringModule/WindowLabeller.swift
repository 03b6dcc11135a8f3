import EncoderModule
import TokenizerModule

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
            LabelledWindow(window: window, answer: answer.flatMap { window.positions(of: $0, in: document) })
        }
    }
}
