import EncoderModule
import TorchModule

/// An encoder of any family, as `EncoderModule` runs it, with dropout.
struct TrainableEncoder {
    let configuration: EncoderConfiguration
    /// As many as are applied; ALBERT's are one, again and again, whose gradients add up.
    let layers: [TrainableEncoderLayer]
    let dropout: DropoutRates
    private let word: Tensor
    private let position: Tensor?
    private let tokenType: Tensor?
    private let norm: LinearLayer
    private let projection: LinearLayer?
    private let relativeBias: RelativeBias?
    private let relativeEmbeddings: TrainableRelativeEmbeddings?

    /// Loads the encoder of a checkpoint.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        configuration: EncoderConfiguration,
        dropout: DropoutRates
    ) throws(TrainingError) {
        self.configuration = configuration
        self.dropout = dropout
        let names = WeightNames(configuration.family)
        let prefix = names.prefix
        let width = configuration.embeddingSize
        func table(_ key: String, rows: Int) throws(TrainingError) -> Tensor {
            try parameters.tensor(
                prefix + key,
                shape: [rows, width],
                role: .decayed
            )
        }
        word = try table(names.wordEmbeddings, rows: configuration.vocabularySize)
        position =
            configuration.positions == .none
            ? nil : try table(names.positionEmbeddings, rows: configuration.positionRowCount)
        tokenType =
            configuration.tokenTypeCount == 0
            ? nil : try table(names.tokenTypeEmbeddings, rows: configuration.tokenTypeCount)
        norm = try parameters.norm(prefix + names.embeddingNorm, width: width)
        projection =
            configuration.projectsEmbeddings
            ? try parameters.linear(
                prefix + names.embeddingProjection,
                inputs: width,
                outputs: configuration.hidden
            ) : nil
        relativeBias = try names.relativeBias.map { name throws(TrainingError) in
            try RelativeBias(parameters, name: prefix + name, configuration: configuration)
        }
        if case .disentangled(let buckets) = configuration.relativePositions {
            relativeEmbeddings = try TrainableRelativeEmbeddings(
                parameters,
                names: names,
                buckets: buckets,
                configuration: configuration
            )
        } else {
            relativeEmbeddings = nil
        }
        var distinct: [TrainableEncoderLayer] = []
        for layerIndex in 0..<configuration.distinctLayerCount {
            distinct.append(
                try TrainableEncoderLayer(
                    parameters,
                    prefix: prefix + names.layers + "\(layerIndex).",
                    names: names.layer,
                    configuration: configuration,
                    dropout: dropout
                )
            )
        }
        layers = (0..<configuration.layerCount).map { distinct[$0 % distinct.count] }
    }

    /// The first hidden states, `[batch, rows, hidden]`: `norm(word + position + tokenType)`, projected where there is a projection.
    func embed(_ batch: WindowBatch, training: Bool) throws(TorchError) -> Tensor {
        // Hugging Face's embeddings of padding do not learn; for RoBERTa's that goes for its position, too.
        let padding =
            switch configuration.positions {
            case .fromZero, .none: (word: 0, position: Int?.none)
            case .behindPadding(let id): (word: id, position: id)
            }
        var sum = try word.rows(at: batch.ids, fixed: padding.word)
        if let position {
            sum = try sum.adding(position.rows(at: batch.positions, fixed: padding.position))
        }
        if let tokenType { sum = try sum.adding(tokenType.rows(at: batch.tokenTypes)) }
        let normalised = try sum.layerNorm(
            weight: norm.weight,
            bias: norm.bias,
            epsilon: Double(configuration.layerNormEpsilon)
        )
        let kept = training ? try normalised.dropout(dropout.embeddings) : normalised
        return try projection?(kept) ?? kept
    }

    /// What all layers know of relative positions in a batch.
    enum RelativePositions {
        /// Nothing.
        case none
        /// What is added to scores.
        case bias(Tensor.DistanceBias)
        /// What each layer makes keys and queries of.
        case embeddings(TrainableRelativeEmbeddings.Batch)
    }

    /// What is the same for all layers of a batch.
    func relativePositions(_ batch: WindowBatch) throws(TorchError) -> RelativePositions {
        if let relativeBias {
            return .bias(Tensor.DistanceBias(table: try relativeBias.byDistance(), places: batch.places))
        }
        if let relativeEmbeddings { return .embeddings(try relativeEmbeddings(batch)) }
        return .none
    }
}

/// One layer: attention, then the feed-forward products, each with a residual sum and a normalisation.
struct TrainableEncoderLayer {
    private let query: LinearLayer
    private let key: LinearLayer
    private let value: LinearLayer
    private let attentionOutput: LinearLayer
    private let attentionNorm: LinearLayer
    private let intermediate: LinearLayer
    private let output: LinearLayer
    private let outputNorm: LinearLayer
    private let heads: Int
    private let epsilon: Double
    private let activation: Activation
    private let dropout: DropoutRates

    fileprivate init(
        _ parameters: ModelParameters,
        prefix: String,
        names: WeightNames.Layer,
        configuration: EncoderConfiguration,
        dropout: DropoutRates
    ) throws(TrainingError) {
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        query = try parameters.linear(prefix + names.query, inputs: hidden, outputs: hidden)
        key = try parameters.linear(prefix + names.key, inputs: hidden, outputs: hidden)
        value = try parameters.linear(prefix + names.value, inputs: hidden, outputs: hidden)
        attentionOutput = try parameters.linear(
            prefix + names.attentionOutput,
            inputs: hidden,
            outputs: hidden
        )
        attentionNorm = try parameters.norm(prefix + names.attentionNorm, width: hidden)
        intermediate = try parameters.linear(prefix + names.intermediate, inputs: hidden, outputs: inner)
        output = try parameters.linear(prefix + names.output, inputs: inner, outputs: hidden)
        outputNorm = try parameters.norm(prefix + names.outputNorm, width: hidden)
        heads = configuration.heads
        epsilon = Double(configuration.layerNormEpsilon)
        activation = configuration.activation
        self.dropout = dropout
    }

    /// - Parameters:
    ///   - hidden: `[batch, rows, hidden]`.
    ///   - valid: `[batch, rows]`, 1 for a token.
    ///   - relative: what the layers know of relative positions.
    ///   - training: whether there is dropout.
    /// - Returns: the next hidden states, and the attention before dropout, `[batch, heads, rows, rows]`.
    /// - Throws: what libtorch refuses.
    func callAsFunction(
        _ hidden: Tensor,
        valid: Tensor,
        relative: TrainableEncoder.RelativePositions,
        training: Bool
    ) throws(TorchError) -> (hidden: Tensor, attention: Tensor) {
        // Q, K and V are one product.
        let qkv = try hidden.linear(
            weight: [query.weight, key.weight, value.weight].concatenated(along: 0),
            bias: [query.bias, key.bias, value.bias].concatenated(along: 0)
        )  // [batch, rows, 3 · hidden]
        let (context, attention) = try qkv.attention(
            valid: valid,
            positions: positions(relative, training: training),
            heads: heads,
            dropout: training ? dropout.attention : 0
        )
        let attended = try join(
            attentionOutput(context),
            hidden,
            attentionNorm,
            dropout: training ? dropout.attentionOutput : 0
        )
        let inner = try activate(intermediate(attended))  // [batch, rows, intermediate]
        let next = try join(
            output(inner),
            attended,
            outputNorm,
            dropout: training ? dropout.feedForward : 0
        )
        return (next, attention)
    }

    /// Keys and queries of relative positions are made as those of tokens, of embeddings with dropout of their own in each layer.
    private func positions(
        _ relative: TrainableEncoder.RelativePositions,
        training: Bool
    ) throws(TorchError) -> Tensor.AttentionPositions {
        switch relative {
        case .none: return .none
        case .bias(let bias): return .bias(bias)
        case .embeddings(let batch):
            let rate = training ? dropout.relative : 0
            let embeddings = rate > 0 ? try batch.embeddings.dropout(rate) : batch.embeddings
            return .disentangled(
                Tensor.DisentangledPositions(
                    keys: try key(embeddings),
                    queries: try query(embeddings),
                    places: batch.places,
                    rowsByDistance: batch.rowsByDistance
                )
            )
        }
    }

    /// `norm(dropout(update) + residual)`.
    private func join(
        _ update: Tensor,
        _ residual: Tensor,
        _ norm: LinearLayer,
        dropout: Double
    ) throws(TorchError) -> Tensor {
        try update.dropout(dropout).adding(residual).layerNorm(
            weight: norm.weight,
            bias: norm.bias,
            epsilon: epsilon
        )
    }

    private func activate(_ inner: Tensor) throws(TorchError) -> Tensor {
        switch activation {
        case .geluErf: try inner.gelu(.erf)
        case .geluTanh: try inner.gelu(.tanh)
        case .relu: try inner.relu()
        }
    }
}
