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
    ///   - answers: where its answers stand in the document, in Unicode scalars; the first that a window holds whole is the one
    ///     that it should find.
    ///   - document: where the answer is looked for.
    /// - Returns: all windows of the document, in order.
    /// - Throws: `emptyQuestion`, `questionFillsWindow`, `overlapOutOfRange`, `stepOutOfRange`.
    public func windows(
        question: String,
        answers: [Range<Int>],
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
                window: window,
                answer: answers.lazy.compactMap { window.positions(of: $0, in: document) }.first,
                answerTokens: answers.compactMap { window.answerTokens(of: $0, in: document) }
            )
        }
    }

    /// How many tokens of a document an answer has.
    ///
    /// - Parameters:
    ///   - answer: where it stands in the document, in Unicode scalars.
    ///   - document: the document.
    /// - Returns: the tokens that share a scalar with it.
    public func tokenCount(of answer: Range<Int>, in document: ContextDocument) -> Int {
        document.tokens.offsets.count { $0.overlaps(answer) }
    }

    /// Where the tokens of a document stand in its text.
    ///
    /// - Parameter document: the document.
    /// - Returns: a range a token, in Unicode scalars; some tokenizers count the space before a word in.
    public func tokenRanges(of document: ContextDocument) -> [Range<Int>] { document.tokens.offsets }
}
