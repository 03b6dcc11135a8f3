import EncoderModule
import TorchModule

/// The encoder of the BERT family, as `EncoderModule` runs it, with dropout.
struct TrainableEncoder {
    let configuration: EncoderConfiguration
    let layers: [TrainableEncoderLayer]
    private let word: Tensor
    private let position: Tensor
    private let tokenType: Tensor
    private let norm: LinearLayer
    private let dropout: Double

    /// Loads the encoder of a checkpoint.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        configuration: EncoderConfiguration,
        dropout: DropoutRates
    ) throws(TrainingError) {
        self.configuration = configuration
        self.dropout = dropout.hidden
        let name = configuration.family.rawValue + "."
        let hidden = configuration.hidden
        func table(_ key: String, rows: Int) throws(TrainingError) -> Tensor {
            try parameters.tensor(
                name + "embeddings." + key + "_embeddings.weight",
                shape: [rows, hidden],
                role: .decayed
            )
        }
        word = try table("word", rows: configuration.vocabularySize)
        position = try table("position", rows: configuration.maximumPositions)
        tokenType = try table("token_type", rows: configuration.tokenTypeCount)
        norm = try parameters.norm(name + "embeddings.LayerNorm", width: hidden)
        var layers: [TrainableEncoderLayer] = []
        for layerIndex in 0..<configuration.layerCount {
            layers.append(
                try TrainableEncoderLayer(
                    parameters,
                    name: name + "encoder.layer.\(layerIndex).",
                    configuration: configuration,
                    dropout: dropout
                )
            )
        }
        self.layers = layers
    }

    /// The first hidden states, `[batch, rows, hidden]`: `norm(word + position + tokenType)`.
    func embed(_ batch: WindowBatch, training: Bool) throws(TorchError) -> Tensor {
        let sum = try word.rows(at: batch.ids)
            .adding(position.rows(at: batch.positions))
            .adding(tokenType.rows(at: batch.tokenTypes))
        let normalised = try sum.layerNorm(
            weight: norm.weight,
            bias: norm.bias,
            epsilon: Double(configuration.layerNormEpsilon)
        )
        return training ? try normalised.dropout(dropout) : normalised
    }
}

/// The probabilities with which training drops what flows through the encoder.
struct DropoutRates {
    /// Of hidden states: `hidden_dropout_prob`.
    var hidden: Double
    /// Of attention: `attention_probs_dropout_prob`.
    var attention: Double
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
        name: String,
        configuration: EncoderConfiguration,
        dropout: DropoutRates
    ) throws(TrainingError) {
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        query = try parameters.linear(name + "attention.self.query", inputs: hidden, outputs: hidden)
        key = try parameters.linear(name + "attention.self.key", inputs: hidden, outputs: hidden)
        value = try parameters.linear(name + "attention.self.value", inputs: hidden, outputs: hidden)
        attentionOutput = try parameters.linear(
            name + "attention.output.dense",
            inputs: hidden,
            outputs: hidden
        )
        attentionNorm = try parameters.norm(name + "attention.output.LayerNorm", width: hidden)
        intermediate = try parameters.linear(name + "intermediate.dense", inputs: hidden, outputs: inner)
        output = try parameters.linear(name + "output.dense", inputs: inner, outputs: hidden)
        outputNorm = try parameters.norm(name + "output.LayerNorm", width: hidden)
        heads = configuration.heads
        epsilon = Double(configuration.layerNormEpsilon)
        activation = configuration.activation
        self.dropout = dropout
    }

    /// - Parameters:
    ///   - hidden: `[batch, rows, hidden]`.
    ///   - valid: `[batch, rows]`, 1 for a token.
    ///   - training: whether there is dropout.
    /// - Returns: the next hidden states, and the attention before dropout, `[batch, heads, rows, rows]`.
    /// - Throws: what libtorch refuses.
    func callAsFunction(
        _ hidden: Tensor,
        valid: Tensor,
        training: Bool
    ) throws(TorchError) -> (hidden: Tensor, attention: Tensor) {
        // Q, K and V are one product.
        let qkv = try hidden.linear(
            weight: [query.weight, key.weight, value.weight].concatenated(along: 0),
            bias: [query.bias, key.bias, value.bias].concatenated(along: 0)
        )  // [batch, rows, 3 · hidden]
        let (context, attention) = try qkv.attention(
            valid: valid,
            heads: heads,
            dropout: training ? dropout.attention : 0
        )
        let attended = try join(attentionOutput(context), hidden, attentionNorm, training)
        let inner = try activate(intermediate(attended))  // [batch, rows, intermediate]
        return (try join(output(inner), attended, outputNorm, training), attention)
    }

    /// `norm(dropout(update) + residual)`.
    private func join(
        _ update: Tensor,
        _ residual: Tensor,
        _ norm: LinearLayer,
        _ training: Bool
    ) throws(TorchError) -> Tensor {
        let kept = training ? try update.dropout(dropout.hidden) : update
        return try kept.adding(residual).layerNorm(weight: norm.weight, bias: norm.bias, epsilon: epsilon)
    }

    private func activate(_ inner: Tensor) throws(TorchError) -> Tensor {
        switch activation {
        case .geluErf: try inner.gelu(.erf)
        case .geluTanh: try inner.gelu(.tanh)
        case .relu: try inner.relu()
        }
    }
}
