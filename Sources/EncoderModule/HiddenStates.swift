import TensorModule

/// The states of a batch of windows on their way through the layers.
///
/// The windows stand one after another without padding, each as long as it is ("ragged"): products and normalisations run
/// over the rows of all, attention within each window.
package final class HiddenStates {
    /// The rows of each window that are still in the network; together they are `0 ..< tokens`.
    package private(set) var windows: [Range<Int>] = []
    /// Where the rows of each window stand in it; whatever was dropped, a token keeps its position.
    package private(set) var positions: [RowPositions] = []
    private let hidden: Int
    private let inner: Int
    private let heads: Int
    private let embeddingSize: Int

    private let states: FloatBuffer
    private let buffers: EncoderBuffers

    /// - Parameters:
    ///   - configuration: The encoder's shape.
    ///   - states: Where the hidden states are kept.
    ///   - buffers: Where everything between them stands while a layer runs.
    package init(
        _ configuration: EncoderConfiguration,
        states: FloatBuffer = FloatBuffer(),
        buffers: EncoderBuffers = EncoderBuffers()
    ) {
        hidden = configuration.hidden
        inner = configuration.intermediate
        heads = configuration.heads
        embeddingSize = configuration.embeddingSize
        self.states = states
        self.buffers = buffers
    }

    /// Makes room for whole windows of the given numbers of tokens; what the buffers held is lost.
    ///
    /// - Throws: `outOfMemory`.
    package func begin(tokenCounts: [Int]) throws(TensorError) {
        try begin(positions: tokenCounts.map { RowPositions(whole: $0) })
    }

    /// Makes room for windows of which some tokens may be missing; what the buffers held is lost.
    ///
    /// - Parameter positions: The positions of each window's rows.
    /// - Throws: `outOfMemory`.
    package func begin(positions: [RowPositions]) throws(TensorError) {
        let tokenCounts = positions.map(\.count)
        let tokens = tokenCounts.reduce(0, +)
        try states.reserve(tokens * hidden)
        try buffers.projections.reserve(tokens * max(3 * hidden, embeddingSize))
        try buffers.contexts.reserve(tokens * hidden)
        try buffers.inners.reserve(tokens * inner)
        windows = Self.consecutive(tokenCounts)
        self.positions = positions
    }

    /// The tokens of all windows that are still in the network.
    package var tokens: Int { windows.last?.upperBound ?? 0 }

    /// The hidden states, `[tokens, hidden]`.
    package var values: UnsafeMutablePointer<Float> { states.start }

    /// Those of one window.
    package func values(ofWindow window: Int) -> UnsafeMutablePointer<Float> {
        values + windows[window].lowerBound * hidden
    }

    /// See ``EncoderBuffers/projections``.
    var queryKeyValue: UnsafeMutablePointer<Float> { buffers.projections.start }

    /// See ``EncoderBuffers/contexts``.
    var context: UnsafeMutablePointer<Float> { buffers.contexts.start }

    /// See ``EncoderBuffers/inners``.
    var intermediate: UnsafeMutablePointer<Float> { buffers.inners.start }

    /// The attention probabilities that the last layer kept of a window, `[heads, tokens, tokens]`.
    package func attention(ofWindow window: Int) -> UnsafeMutablePointer<Float> {
        buffers.maps.start + windows[..<window].reduce(0) { $0 + heads * $1.count * $1.count }
    }

    /// Makes room for the attention of all windows.
    ///
    /// - Throws: `outOfMemory`.
    func reserveAttention() throws(TensorError) {
        try buffers.maps.reserve(windows.reduce(0) { $0 + heads * $1.count * $1.count })
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
        positions = zip(positions, keptRows).map { $0.keeping($1) }
    }

    private static func consecutive(_ counts: [Int]) -> [Range<Int>] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return start..<start + count
        }
    }
}
