/// How a context that is too long for the model is cut into windows.
public struct WindowSettings: Sendable, Equatable {
    /// How far the start of a window lies behind the start of the one before it, in context tokens.
    public enum Advance: Sendable, Equatable {
        /// Consecutive windows share ``WindowSettings/usualOverlap`` context tokens, or half of the context tokens that
        /// fit where no more than that fit.
        case automatic
        /// Consecutive windows share this number of context tokens, which Hugging Face calls `stride`.
        case overlap(Int)
        /// Each window starts this number of context tokens after the one before it. Older scripts call it `doc_stride`.
        case step(Int)
    }

    /// What becomes of a question that leaves too little of a window for the context.
    public enum LongQuestion: Sendable, Equatable {
        /// It fails where it leaves no room, or less than ``WindowSettings/advance`` needs.
        case refused
        /// Its last tokens are left out, so that half of the window, special tokens aside, is for the context, or more where
        /// ``WindowSettings/advance`` needs more.
        case truncated
    }

    /// The most tokens that a window may have, special tokens and question included.
    public var maximumLength: Int
    /// How far the start of a window lies behind the start of the one before it.
    public var advance: Advance
    /// What becomes of a question that leaves too little of a window for the context.
    public var longQuestion: LongQuestion

    /// How many context tokens consecutive windows usually share.
    public static let usualOverlap = 128

    /// Makes settings; the defaults are those that extractive question answering is usually measured with.
    ///
    /// - Parameters:
    ///   - maximumLength: The most tokens that a window may have, special tokens and question included.
    ///   - advance: How far the start of a window lies behind the start of the one before it.
    ///   - longQuestion: What becomes of a question that leaves too little of a window for the context.
    public init(
        maximumLength: Int = 384,
        advance: Advance = .automatic,
        longQuestion: LongQuestion = .refused
    ) {
        self.maximumLength = maximumLength
        self.advance = advance
        self.longQuestion = longQuestion
    }

    /// The same settings with no window longer than the model's positions reach.
    ///
    /// - Parameter positionLimit: The number of positions that the model has embeddings for.
    /// - Returns: Settings whose maximum length is at most `positionLimit`.
    public func clamped(toPositionLimit positionLimit: Int) -> WindowSettings {
        var clamped = self
        clamped.maximumLength = min(maximumLength, positionLimit)
        return clamped
    }

    /// How many tokens of a question are kept, from its front; all of them unless long questions are truncated.
    ///
    /// - Parameters:
    ///   - questionTokenCount: How many the question has.
    ///   - layout: The special tokens of the model's family.
    /// - Returns: At least 1.
    func keptTokenCount(ofQuestion questionTokenCount: Int, layout: SpecialTokenLayout) -> Int {
        guard longQuestion == .truncated else { return questionTokenCount }
        let shared = max(maximumLength, layout.specialTokenCount) - layout.specialTokenCount
        let needed =
            switch advance {
            case .automatic: 1
            // Not `overlap + 1`: what was asked for may be the largest integer.
            case .overlap(let overlap): max(0, min(overlap, shared)) + 1
            case .step(let step): max(0, min(step, shared))
            }
        return min(questionTokenCount, max(1, shared - max(needed, (shared + 1) / 2)))
    }

    /// Rejects settings that no question can be answered with, so that long work can fail before it starts.
    ///
    /// A question may still be too long for settings that pass here: ``ContextWindows`` checks each one.
    package func validate(layout: SpecialTokenLayout) throws(QuestionAnsweringError) {
        _ = try spacing(questionTokenCount: 1, layout: layout)
    }

    /// What the windows of one question look like: each holds up to `room` context tokens, and the next one
    /// starts `step` context tokens later.
    ///
    /// - Throws: `windowTooSmall`, `questionFillsWindow`, `overlapOutOfRange`, `stepOutOfRange`.
    package func spacing(
        questionTokenCount: Int,
        layout: SpecialTokenLayout
    ) throws(QuestionAnsweringError) -> (room: Int, step: Int) {
        let specialTokenCount = layout.specialTokenCount
        guard maximumLength >= specialTokenCount + 2 else {
            throw .windowTooSmall(maximumLength: maximumLength, specialTokenCount: specialTokenCount)
        }
        let room = maximumLength - specialTokenCount - questionTokenCount
        guard room > 0 else {
            throw .questionFillsWindow(
                questionTokenCount: questionTokenCount,
                maximumLength: maximumLength,
                specialTokenCount: specialTokenCount
            )
        }
        switch advance {
        case .automatic:
            return (room, room > Self.usualOverlap ? room - Self.usualOverlap : room - room / 2)
        case .overlap(let overlap):
            guard (0..<room).contains(overlap) else {
                throw .overlapOutOfRange(overlap: overlap, room: room)
            }
            return (room, room - overlap)
        case .step(let step):
            guard (1...room).contains(step) else { throw .stepOutOfRange(step: step, room: room) }
            return (room, step)
        }
    }
}
