import TensorModule

/// The states of a batch of windows on their way through the layers, in buffers that all batches use in turn.
///
/// The windows stand one after another without padding, each as long as it is ("ragged"): products and normalisations run
/// over the rows of all, attention within each window.
package final class HiddenStates {
    /// The rows of each window that are still in the network; together they are `0 ..< tokens`.
    package private(set) var windows: [Range<Int>] = []
    private let hidden: Int
    private let inner: Int
    private let heads: Int
    private let embeddingSize: Int

    private let states = FloatBuffer()
    private let projections = FloatBuffer()
    private let contexts = FloatBuffer()
    private let inners = FloatBuffer()
    private let maps = FloatBuffer()

    package init(_ configuration: EncoderConfiguration) {
        hidden = configuration.hidden
        inner = configuration.intermediate
        heads = configuration.heads
        embeddingSize = configuration.embeddingSize
    }

    /// Makes room for windows of the given numbers of tokens; what the buffers held is lost.
    func begin(tokenCounts: [Int]) {
        windows = Self.consecutive(tokenCounts)
        states.reserve(tokens * hidden)
        projections.reserve(tokens * max(3 * hidden, embeddingSize))
        contexts.reserve(tokens * hidden)
        inners.reserve(tokens * inner)
    }

    /// The tokens of all windows that are still in the network.
    package var tokens: Int { windows.last?.upperBound ?? 0 }

    /// The hidden states, `[tokens, hidden]`.
    package var values: UnsafeMutablePointer<Float> { states.start }

    /// Those of one window.
    package func values(ofWindow window: Int) -> UnsafeMutablePointer<Float> {
        values + windows[window].lowerBound * hidden
    }

    /// Query, key and value side by side, `[tokens, 3 · hidden]`; before the first layer, embeddings that are to be projected.
    var queryKeyValue: UnsafeMutablePointer<Float> { projections.start }

    /// The heads' results side by side, `[tokens, hidden]`.
    var context: UnsafeMutablePointer<Float> { contexts.start }

    /// What stands between the two feed-forward products, `[tokens, intermediate]`.
    var intermediate: UnsafeMutablePointer<Float> { inners.start }

    /// The attention probabilities that the last layer kept, for each window `[heads, tokens, tokens]` of its own.
    package func attention(ofWindow window: Int) -> UnsafeMutablePointer<Float> {
        maps.start + windows[..<window].reduce(0) { $0 + heads * $1.count * $1.count }
    }

    /// Makes room for the attention of all windows.
    func reserveAttention() {
        maps.reserve(windows.reduce(0) { $0 + heads * $1.count * $1.count })
    }

    /// Takes all but some rows out of the network.
    ///
    /// - Parameter keptRows: For each window the rows to keep, ascending, counted within the window.
    package func keep(_ keptRows: [[Int]]) {
        precondition(keptRows.count == windows.count, "\(keptRows.count) choices, \(windows.count) windows")
        let values = values
        var target = 0
        for (window, rows) in zip(windows, keptRows) {
            for row in rows {
                let source = window.lowerBound + row
                if source != target {
                    (values + target * hidden).update(from: values + source * hidden, count: hidden)
                }
                target += 1
            }
        }
        windows = Self.consecutive(keptRows.map(\.count))
    }

    private static func consecutive(_ counts: [Int]) -> [Range<Int>] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return start..<start + count
        }
    }
}
