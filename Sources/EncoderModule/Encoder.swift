import TensorModule

/// A BERT encoder on oneDNN, ready to run: embeddings, and layers with packed weights.
///
/// It holds no state of a window, and serves any number of them at a time, each batch with its own ``HiddenStates``.
package struct Encoder: Sendable {
    package let configuration: EncoderConfiguration
    /// The layers, first to last.
    package let layers: [EncoderLayer]
    private let embeddings: EmbeddingWeights
    private let embeddingNorm: LayerNorm

    /// Loads and packs the weights, one layer at a time: at no moment is there a second copy of the model.
    ///
    /// - Parameters:
    ///   - checkpoint: Where the weights are.
    ///   - workers: How many workers the weights are packed for. Any number can run them.
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint, workers: Int = 1) throws(EncoderError) {
        let configuration = checkpoint.configuration
        var layers: [EncoderLayer] = []
        for layerIndex in 0..<configuration.layerCount {
            let weights = try EncoderLayerWeights(checkpoint: checkpoint, layerIndex: layerIndex)
            layers.append(EncoderLayer(weights, configuration: configuration, workers: workers))
            checkpoint.releasePages()
        }
        self.init(
            configuration: configuration,
            embeddings: try EmbeddingWeights(checkpoint: checkpoint),
            layers: layers
        )
    }

    package init(configuration: EncoderConfiguration, embeddings: EmbeddingWeights, layers: [EncoderLayer]) {
        self.configuration = configuration
        self.embeddings = embeddings
        self.layers = layers
        embeddingNorm = LayerNorm(
            scale: embeddings.norm.weight,
            shift: embeddings.norm.bias,
            epsilon: configuration.layerNormEpsilon
        )
    }

    /// Begins a batch of windows: `norm(word + position + tokenType)` for each token.
    ///
    /// - Parameters:
    ///   - windows: Token ids, special tokens included, and the token type of each.
    ///   - states: Receives the sums, `[tokens of all windows, hidden]`.
    ///   - team: Who does the work.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func embed(
        _ windows: [(ids: [Int32], tokenTypes: [Int32])],
        into states: HiddenStates,
        on team: ThreadTeam
    ) throws(EncoderError) {
        let hidden = configuration.hidden
        for window in windows { try configuration.check(ids: window.ids, tokenTypes: window.tokenTypes) }
        states.begin(tokenCounts: windows.map(\.ids.count))
        var types: [[Float]] = []
        for type in 0..<configuration.tokenTypeCount { types.append(try embeddings.tokenType.row(type)) }
        var place = [Float](repeating: 0, count: hidden)
        for (window, rows) in zip(windows, states.windows) {
            for (position, id) in window.ids.enumerated() {
                let sum = UnsafeMutableBufferPointer(
                    start: states.values + (rows.lowerBound + position) * hidden,
                    count: hidden
                )
                try embeddings.word.copyRow(Int(id), into: sum)
                try embeddings.position.copyRow(position, into: &place)
                let type = types[Int(window.tokenTypes[position])]
                for column in 0..<hidden { sum[column] += type[column] + place[column] }
            }
        }
        embeddingNorm(states.values, rows: states.tokens, on: team)
    }
}
