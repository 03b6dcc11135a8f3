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

    /// The most tokens that a window may have, special tokens and question included.
    public var maximumLength: Int
    /// How far the start of a window lies behind the start of the one before it.
    public var advance: Advance

    /// How many context tokens consecutive windows usually share.
    public static let usualOverlap = 128

    /// Makes settings; the defaults are those that extractive question answering is usually measured with.
    ///
    /// - Parameters:
    ///   - maximumLength: The most tokens that a window may have, special tokens and question included.
    ///   - advance: How far the start of a window lies behind the start of the one before it.
    public init(maximumLength: Int = 384, advance: Advance = .automatic) {
        self.maximumLength = maximumLength
        self.advance = advance
    }

    /// The same settings with no window longer than the model's positions reach.
    ///
    /// - Parameter positionLimit: The number of positions that the model has embeddings for.
    /// - Returns: Settings whose maximum length is at most `positionLimit`.
    public func clamped(toPositionLimit positionLimit: Int) -> WindowSettings {
        WindowSettings(maximumLength: min(maximumLength, positionLimit), advance: advance)
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
