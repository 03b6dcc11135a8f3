import EncoderModule
import TokenizerModule

/// The windows of one question over one document, each made when it is asked for.
///
/// Equal to Hugging Face's `tokenizer(question, context, truncation="only_second", max_length=…, stride=…,
/// return_overflowing_tokens=True)`: every window but the last is full, and the first that reaches the end of
/// the context is the last. Together they hold every context token.
package struct ContextWindows: RandomAccessCollection, Sendable {
    /// How many context tokens a window can hold beside the question.
    package let room: Int
    /// How many context tokens lie between the starts of two consecutive windows.
    package let step: Int

    private let prefix: [Int32]
    private let contextIDs: [Int32]
    private let layout: SpecialTokenLayout

    /// Lays the windows out.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - document: Where the answer is looked for.
    ///   - settings: Already clamped to what the model can take.
    ///   - layout: The special tokens of the model's family.
    /// - Throws: `windowTooSmall`, `questionFillsWindow`, `overlapOutOfRange`, `stepOutOfRange`.
    package init(
        question: Question,
        document: ContextDocument,
        settings: WindowSettings,
        layout: SpecialTokenLayout
    ) throws(QuestionAnsweringError) {
        (room, step) = try settings.spacing(questionTokenCount: question.tokenIDs.count, layout: layout)
        prefix = layout.beforeQuestion + question.tokenIDs + layout.betweenQuestionAndContext
        contextIDs = document.tokens.ids
        self.layout = layout
    }

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        let beyondFirst = Swift.max(0, contextIDs.count - room)
        return 1 + (beyondFirst + step - 1) / step
    }

    /// Which of the context's tokens a window holds.
    package func contextTokens(ofWindow windowIndex: Int) -> Range<Int> {
        precondition(indices.contains(windowIndex), "window \(windowIndex) of \(count)")
        let start = windowIndex * step
        return start..<Swift.min(start + room, contextIDs.count)
    }

    package subscript(windowIndex: Int) -> ContextWindow {
        let contextTokens = contextTokens(ofWindow: windowIndex)
        let followingCount = contextTokens.count + layout.afterContext.count

        var ids: [Int32] = []
        ids.reserveCapacity(prefix.count + followingCount)
        ids += prefix
        ids += contextIDs[contextTokens]
        ids += layout.afterContext
        var tokenTypes = [Int32](repeating: 0, count: ids.count)
        for position in prefix.count..<ids.count { tokenTypes[position] = layout.contextTokenType }
        return ContextWindow(
            ids: ids,
            tokenTypes: tokenTypes,
            prefixLength: prefix.count,
            contextTokens: contextTokens
        )
    }
}
