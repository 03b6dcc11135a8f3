import TensorModule

/// What stands between the hidden states while a layer runs: buffers that all batches use in turn, one at a time.
///
/// They grow to what the largest batch needs, and stay.
package final class EncoderBuffers {
    /// Query, key and value side by side, `[tokens, 3 · hidden]`; before the first layer, embeddings that are to be projected.
    let projections = FloatBuffer()
    /// The heads' results side by side, `[tokens, hidden]`.
    let contexts = FloatBuffer()
    /// What stands between the two feed-forward products, `[tokens, intermediate]`.
    let inners = FloatBuffer()
    /// The attention probabilities that the last layer kept, for each window `[heads, tokens, tokens]` of its own.
    let maps = FloatBuffer()

    package init() {}
}
