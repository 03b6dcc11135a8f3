import TensorModule

/// A BERT encoder on oneDNN, ready to run: embeddings, and layers with packed weights.
///
/// It holds no state of a window, and serves any number of them at a time, each batch with its own ``HiddenStates``.
package struct Encoder: Sendable {
    package let configuration: EncoderConfiguration
    /// The layers, first to last; those that share their weights hold them once.
    package let layers: [EncoderLayer]
    private let embeddings: EmbeddingWeights
    private let embeddingNorm: LayerNorm
    private let embeddingProjection: PackedLinear?

    /// Loads and packs the weights, one layer at a time: at no moment is there a second copy of the model.
    ///
    /// - Parameters:
    ///   - checkpoint: Where the weights are.
    ///   - precision: What the weights of the layers are rounded to.
    ///   - workers: How many workers the weights are packed for. Any number can run them.
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `tensor`.
    package init(
        checkpoint: Checkpoint,
        precision: Precision = .float32,
        workers: Int = 1
    ) throws(EncoderError) {
        let configuration = checkpoint.configuration
        let relative = RelativeScores(
            bias: try checkpoint.relativeBias(),
            embeddings: try RelativeEmbeddings(checkpoint: checkpoint),
            configuration: configuration
        )
        var layers: [EncoderLayer] = []
        for layerIndex in 0..<configuration.distinctLayerCount {
            let weights = try EncoderLayerWeights(checkpoint: checkpoint, layerIndex: layerIndex)
            layers.append(
                try EncoderLayer(
                    weights,
                    configuration: configuration,
                    positionScores: relative.scores(of: weights),
                    precision: precision,
                    workers: workers
                )
            )
            checkpoint.releasePages()
        }
        try self.init(
            configuration: configuration,
            embeddings: EmbeddingWeights(checkpoint: checkpoint),
            layers: layers
        )
    }

    /// - Parameters:
    ///   - configuration: The encoder's shape.
    ///   - embeddings: What turns ids into the first hidden states.
    ///   - layers: Those that have weights of their own.
    /// - Throws: `tensor` when the weights cannot be packed.
    package init(
        configuration: EncoderConfiguration,
        embeddings: EmbeddingWeights,
        layers: [EncoderLayer]
    ) throws(EncoderError) {
        self.configuration = configuration
        self.embeddings = embeddings
        precondition(
            configuration.layerCount.isMultiple(of: layers.count),
            "\(layers.count) distinct layers for \(configuration.layerCount)"
        )
        self.layers = (0..<configuration.layerCount).map { layers[$0 % layers.count] }
        do throws(TensorError) {
            embeddingProjection = try embeddings.projection.map { weights throws(TensorError) in
                try PackedLinear(weights)
            }
        } catch {
            throw .tensor(error)
        }
        embeddingNorm = LayerNorm(
            scale: embeddings.norm.weight,
            shift: embeddings.norm.bias,
            epsilon: configuration.layerNormEpsilon
        )
    }

    /// The memory that the packed weights of the layers take; a layer that is used several times counts once.
    package var weightByteCount: Int {
        layers.prefix(configuration.distinctLayerCount).reduce(0) { $0 + $1.byteCount }
    }

    /// Begins a batch of windows: `norm(word + position + tokenType)` for each token.
    ///
    /// - Parameters:
    ///   - windows: Token ids, special tokens included, and the token type of each.
    ///   - states: Receives the sums, `[tokens of all windows, hidden]`.
    ///   - team: Who does the work.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`, `tensor`.
    package func embed(
        _ windows: [(ids: [Int32], tokenTypes: [Int32])],
        into states: HiddenStates,
        on team: ThreadTeam
    ) throws(EncoderError) {
        let width = configuration.embeddingSize
        for window in windows { try configuration.check(ids: window.ids, tokenTypes: window.tokenTypes) }
        do { try states.begin(tokenCounts: windows.map(\.ids.count)) } catch { throw .tensor(error) }
        // Embeddings that are projected afterwards need a place of their own.
        let sums = embeddingProjection == nil ? states.values : states.queryKeyValue
        var types: [[Float]] = []
        if let table = embeddings.tokenType {
            for type in 0..<configuration.tokenTypeCount { types.append(try table.row(type)) }
        } else {
            types = [[Float](repeating: 0, count: width)]
        }
        var place = [Float](repeating: 0, count: width)
        for (window, rows) in zip(windows, states.windows) {
            let positionRows = configuration.positionRows(of: window.ids)
            for (index, id) in window.ids.enumerated() {
                let sum = UnsafeMutableBufferPointer(
                    start: sums + (rows.lowerBound + index) * width,
                    count: width
                )
                try embeddings.word.copyRow(Int(id), into: sum)
                try embeddings.position?.copyRow(positionRows[index], into: &place)
                let type = types[Int(window.tokenTypes[index])]
                for column in 0..<width { sum[column] += type[column] + place[column] }
            }
        }
        embeddingNorm(sums, rows: states.tokens, on: team)
        embeddingProjection?(sums, rows: states.tokens, into: states.values, on: team)
        do { try team.rethrow() } catch { throw .tensor(error) }
    }
}
