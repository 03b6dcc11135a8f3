import TensorModule

/// One encoder layer: attention and feed-forward, each followed by residual sum and normalisation.
///
/// The residual sums are made by the products themselves, which add to the hidden states in place.
package struct EncoderLayer: Sendable {
    private let configuration: EncoderConfiguration
    private let queryKeyValue: PackedLinear
    private let attentionOutput: PackedLinear
    private let attentionNorm: LayerNorm
    private let intermediate: PackedLinear
    private let output: PackedLinear
    private let outputNorm: LayerNorm
    private let positionScores: PositionScores

    /// From this width on, products of few rows are shared by columns (see ``PackedLinear``).
    private static let wideHidden = 512

    /// What becomes of a layer's attention probabilities.
    package enum Attention {
        /// Each head's map is overwritten by the next one's.
        case discarded
        /// All maps stay in ``HiddenStates/attention``, for the Block Skim Module.
        case kept
    }

    /// Packs the weights of a layer.
    ///
    /// - Parameters:
    ///   - weights: The layer's weights.
    ///   - configuration: The encoder's shape.
    ///   - positionScores: What positions add to scores.
    ///   - precision: What the weights are rounded to.
    ///   - workers: How many workers the weights are packed for. Any number can run them.
    /// - Throws: `tensor` when the weights cannot be packed.
    package init(
        _ weights: EncoderLayerWeights,
        configuration: EncoderConfiguration,
        positionScores: PositionScores = .none,
        precision: Precision = .float32,
        workers: Int
    ) throws(EncoderError) {
        self.configuration = configuration
        self.positionScores = positionScores
        // Small layers are faster when each worker keeps its rows in its cache from one product to the next.
        let workers = configuration.hidden < Self.wideHidden ? 1 : workers
        // The scale of the scores is applied once, to the weights that make the queries.
        let scale = configuration.scoreScale
        attentionNorm = LayerNorm(weights.attentionNorm, configuration)
        outputNorm = LayerNorm(weights.outputNorm, configuration)
        do throws(TensorError) {
            queryKeyValue = try PackedLinear(
                weights: weights.query.weight.map { $0 * scale } + weights.key.weight + weights.value.weight,
                bias: weights.query.bias.map { $0 * scale } + weights.key.bias + weights.value.bias,
                inputs: configuration.hidden,
                precision: precision,
                workers: workers
            )
            attentionOutput = try PackedLinear(
                weights.attentionOutput,
                precision: precision,
                workers: workers
            )
            intermediate = try PackedLinear(
                weights.intermediate,
                activation: configuration.activation.fused,
                precision: precision,
                workers: workers
            )
            output = try PackedLinear(weights.output, precision: precision, workers: workers)
        } catch {
            throw .tensor(error)
        }
    }

    /// Replaces the hidden states of all tokens by those after the layer.
    ///
    /// - Throws: `tensor`; the states are then lost.
    package func callAsFunction(
        _ states: HiddenStates,
        attention: Attention,
        on team: ThreadTeam
    ) throws(EncoderError) {
        do {
            if attention == .kept { try states.reserveAttention() }
            run(states, attention, on: team)
            try team.rethrow()
        } catch {
            throw .tensor(error)
        }
    }

    private func run(_ states: HiddenStates, _ attention: Attention, on team: ThreadTeam) {
        queryKeyValue(states.values, rows: states.tokens, into: states.queryKeyValue, on: team)
        attend(states, attention, on: team)
        if attentionOutput.sharesColumns(rows: states.tokens, size: team.size) {
            feedForward(states, rows: 0..<states.tokens, on: team)
        } else {
            // Each worker takes its rows all the way, while they are in its cache.
            team.run { worker in
                let rows = team.share(of: states.tokens, for: worker)
                feedForward(states, rows: rows, on: worker)
            }
        }
    }

    /// The memory that the packed weights of the products take.
    package var byteCount: Int {
        [queryKeyValue, attentionOutput, intermediate, output].reduce(0) { $0 + $1.byteCount }
    }

    /// Whether two layers are one, applied twice.
    package func sharesWeights(with other: EncoderLayer) -> Bool { queryKeyValue === other.queryKeyValue }

    /// Everything after the attention, for some rows.
    private func feedForward(_ states: HiddenStates, rows: Range<Int>, on crew: some Crew) {
        let hidden = states.values + rows.lowerBound * configuration.hidden
        let context = states.context + rows.lowerBound * configuration.hidden
        let inner = states.intermediate + rows.lowerBound * configuration.intermediate
        attentionOutput(context, rows: rows.count, into: hidden, accumulate: true, on: crew)
        attentionNorm(hidden, rows: rows.count, on: crew)
        intermediate(hidden, rows: rows.count, into: inner, on: crew)
        output(inner, rows: rows.count, into: hidden, accumulate: true, on: crew)
        outputNorm(hidden, rows: rows.count, on: crew)
    }

    /// `softmax(scale · Q · Kᵀ + positions) · V` within each window.
    private func attend(_ states: HiddenStates, _ attention: Attention, on team: ThreadTeam) {
        team.run { worker in
            for window in states.windows.indices {
                let map = attention == .kept ? states.attention(ofWindow: window) : nil
                let (heads, rows) = piece(tokens: states.windows[window].count, for: worker, of: team)
                guard !rows.isEmpty else { continue }
                for head in heads {
                    attend(states, window: window, head: head, rows: rows, keeping: map, on: worker)
                }
            }
        }
    }

    /// The attention of some rows of one window in one head.
    ///
    /// - Parameters:
    ///   - states: Queries, keys and values; receives the heads' results.
    ///   - window: The window's index in the batch.
    ///   - head: The head, counted from 0.
    ///   - rows: Rows of the window.
    ///   - map: Receives the probabilities of all heads, `[heads, tokens, tokens]`.
    ///   - worker: Who does it.
    private func attend(
        _ states: HiddenStates,
        window: Int,
        head: Int,
        rows: Range<Int>,
        keeping map: UnsafeMutablePointer<Float>?,
        on worker: Worker
    ) {
        let (hidden, headSize) = (configuration.hidden, configuration.headSize)
        let (start, tokens) = (states.windows[window].lowerBound, states.windows[window].count)
        let query = states.queryKeyValue + start * 3 * hidden + head * headSize
        let (key, value) = (query + hidden, query + 2 * hidden)
        let context = states.context + (start + rows.lowerBound) * hidden + head * headSize
        let attention = HeadAttention(
            tokens: tokens,
            headSize: headSize,
            inputStride: 3 * hidden,
            outputStride: hidden,
            precision: queryKeyValue.precision
        )
        attention(
            query: query + rows.lowerBound * 3 * hidden,
            key: key,
            value: value,
            rows: rows.count,
            into: context,
            positions: HeadPositions(
                positionScores,
                head: head,
                of: rows,
                positions: states.positions[window]
            ),
            map: map.map { $0 + (head * tokens + rows.lowerBound) * tokens },
            on: worker
        )
    }

    /// The rows of which heads of a window fall to a worker.
    ///
    /// Whole heads when the workers divide them evenly, else equal ranges of each head's rows. Depends on nothing
    /// but the window, so that its results don't either.
    private func piece(
        tokens: Int,
        for worker: Worker,
        of team: ThreadTeam
    ) -> (heads: Range<Int>, rows: Range<Int>) {
        let heads = configuration.heads
        return heads.isMultiple(of: team.workers.count)
            ? (team.share(of: heads, for: worker), 0..<tokens)
            : (0..<heads, team.share(of: tokens, for: worker))
    }
}

extension PackedLinear {
    /// Packs the weights of a checkpoint.
    package convenience init(
        _ weights: LinearWeights,
        activation: FusedActivation = .none,
        precision: Precision = .float32,
        workers: Int = 1
    ) throws(TensorError) {
        try self.init(
            weights: weights.weight,
            bias: weights.bias,
            inputs: weights.inputs,
            activation: activation,
            precision: precision,
            workers: workers
        )
    }
}

extension LayerNorm {
    fileprivate init(_ weights: NormWeights, _ configuration: EncoderConfiguration) {
        self.init(scale: weights.weight, shift: weights.bias, epsilon: configuration.layerNormEpsilon)
    }
}

extension Activation {
    fileprivate var fused: FusedActivation {
        switch self {
        case .geluErf: .geluErf
        case .geluTanh: .geluTanh
        case .relu: .relu
        }
    }
}
