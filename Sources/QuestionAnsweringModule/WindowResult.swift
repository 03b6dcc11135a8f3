import BlockSkimModule
import EncoderModule

/// What a model says of one window.
public struct WindowResult: Sendable {
    /// What was read.
    public let window: ContextWindow
    /// What was kept where.
    public let trace: SkimTrace
    /// Raw start logits of all tokens, `[tokens]`.
    public let startLogits: [Float]
    /// Raw end logits of all tokens, `[tokens]`.
    public let endLogits: [Float]
}
