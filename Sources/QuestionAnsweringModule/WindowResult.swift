import BlockSkimModule
import EncoderModule

/// What a model says of one window.
public struct WindowResult: Sendable {
    /// What was read.
    public let window: ContextWindow
    /// What was kept where; of a window that was looked at again, all of it.
    public let trace: SkimTrace
    /// What was kept where before the window was looked at again; nil for one that was not.
    public let firstTrace: SkimTrace?
    /// L, the layers of the encoder.
    public let layerCount: Int
    /// Raw start logits of all tokens, `[tokens]`.
    public let startLogits: [Float]
    /// Raw end logits of all tokens, `[tokens]`.
    public let endLogits: [Float]

    /// Start logit + end logit of [CLS]: the score of no answer in this window.
    public var nullScore: Float {
        startLogits[ContextWindow.classifierPosition] + endLogits[ContextWindow.classifierPosition]
    }

    /// The sum over the layers of the tokens that went through each for the second look; 0 where there was none.
    public var secondLookLayerTokens: Int {
        guard let first = firstTrace?.layers.first else { return 0 }
        return trace.tokens * (layerCount - first.skimLayer)
    }

    /// The sum over the layers of the tokens that went through each, for both looks.
    public var layerTokens: Int {
        (firstTrace ?? trace).layerTokens(layerCount: layerCount) + secondLookLayerTokens
    }

    /// The same result, as that of a second look after a first.
    func after(_ first: WindowResult) -> WindowResult {
        WindowResult(
            window: window,
            trace: trace,
            firstTrace: first.trace,
            layerCount: layerCount,
            startLogits: startLogits,
            endLogits: endLogits
        )
    }
}
