import TensorModule

/// The state of one window on its way through the layers, in buffers that all windows use in turn.
///
/// Not for two windows at a time.
package final class HiddenStates {
    /// The tokens that are still in the network.
    package private(set) var tokens = 0
    private let hidden: Int
    private let heads: Int

    private let states = FloatBuffer()
    private let projections = FloatBuffer()
    private let contexts = FloatBuffer()
    private let maps = FloatBuffer()

    package init(_ configuration: EncoderConfiguration) {
        hidden = configuration.hidden
        heads = configuration.heads
    }

    /// Makes room for a window of `tokens` tokens; what the buffers held is lost.
    func begin(tokens: Int) {
        self.tokens = tokens
        states.reserve(tokens * hidden)
        projections.reserve(tokens * 3 * hidden)
        contexts.reserve(tokens * hidden)
    }

    /// The hidden states, `[tokens, hidden]`.
    package var values: UnsafeMutablePointer<Float> { states.start }

    /// Query, key and value side by side, `[tokens, 3 · hidden]`.
    var queryKeyValue: UnsafeMutablePointer<Float> { projections.start }

    /// The heads' results side by side, `[tokens, hidden]`.
    var context: UnsafeMutablePointer<Float> { contexts.start }

    /// The attention probabilities of the last layer that was asked to keep them, `[heads, tokens, tokens]`.
    package var attention: UnsafeMutablePointer<Float> { maps.reserve(heads * tokens * tokens) }

    /// Takes all rows but `rows` (ascending) out of the network.
    package func keep(rows: [Int]) {
        let values = values
        for (target, source) in rows.enumerated() where target != source {
            (values + target * hidden).update(from: values + source * hidden, count: hidden)
        }
        tokens = rows.count
    }
}
