import TensorModule

/// An encoder of the BERT family in plain Swift: the executable specification.
///
/// Deviation: none from Hugging Face's models in evaluation mode. Pinned by `ReferenceEncoderTests`.
package struct ReferenceEncoder: Sendable {
    /// The encoder's shape.
    package let configuration: EncoderConfiguration
    private let weights: EncoderWeights

    /// What a layer makes of its input.
    package struct LayerOutput: Sendable {
        /// `[tokens, hidden]`.
        package let hidden: [Float]
        /// `[heads, tokens, tokens]`, after softmax; row = attending token.
        package let attention: [Float]
    }

    /// An encoder with weights of the configuration's shapes.
    package init(configuration: EncoderConfiguration, weights: EncoderWeights) {
        precondition(
            weights.layers.count == configuration.distinctLayerCount,
            "\(weights.layers.count) layers of weights, configured \(configuration.distinctLayerCount)"
        )
        self.configuration = configuration
        self.weights = weights
    }

    /// Loads all weights of a checkpoint.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint) throws(EncoderError) {
        self.init(
            configuration: checkpoint.configuration,
            weights: try EncoderWeights(checkpoint: checkpoint)
        )
    }

    /// Encodes one window through all layers.
    ///
    /// - Parameters:
    ///   - ids: the token ids, special tokens included.
    ///   - tokenTypes: the token type of each.
    /// - Returns: the embeddings, `[tokens, hidden]`, and what each layer makes.
    /// - Throws: the errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func callAsFunction(
        ids: [Int32],
        tokenTypes: [Int32]
    ) throws(EncoderError) -> (embeddings: [Float], layers: [LayerOutput]) {
        let embeddings = try embed(ids: ids, tokenTypes: tokenTypes)
        var layers: [LayerOutput] = []
        for layerIndex in 0..<configuration.layerCount {
            layers.append(
                layer(
                    layerIndex,
                    hidden: layers.last?.hidden ?? embeddings,
                    positions: Array(ids.indices)
                )
            )
        }
        return (embeddings, layers)
    }

    /// `norm(word + position + tokenType)` for each token, projected where there is a projection, `[tokens, hidden]`.
    ///
    /// - Throws: the errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func embed(ids: [Int32], tokenTypes: [Int32]) throws(EncoderError) -> [Float] {
        try configuration.check(ids: ids, tokenTypes: tokenTypes)
        var sums: [Float] = []
        let positionRows = configuration.positionRows(of: ids)
        for (index, id) in ids.enumerated() {
            let word = try weights.embeddings.word.row(Int(id))
            let place = try weights.embeddings.position?.row(positionRows[index])
            let type = try weights.embeddings.tokenType?.row(Int(tokenTypes[index]))
            sums += word.indices.map { word[$0] + (type?[$0] ?? 0) + (place?[$0] ?? 0) }
        }
        let normalized = norm(sums, weights.embeddings.norm)
        return weights.embeddings.projection.map { linear(normalized, $0) } ?? normalized
    }

    /// One layer: attention and feed-forward, each followed by a residual sum and a normalisation.
    ///
    /// - Parameters:
    ///   - layerIndex: counted from 0.
    ///   - hidden: `[tokens, hidden]`; any tokens of a window.
    ///   - positions: where they stand in it.
    /// - Returns: the hidden states after the layer, and the attention in it.
    package func layer(_ layerIndex: Int, hidden: [Float], positions: [Int]) -> LayerOutput {
        let layer = weights.layers[layerIndex % weights.layers.count]
        let (context, attention) = attend(hidden, layer, positions)
        let attended = norm(sum(linear(context, layer.attentionOutput), hidden), layer.attentionNorm)
        let inner = activate(linear(attended, layer.intermediate))
        return LayerOutput(
            hidden: norm(sum(linear(inner, layer.output), attended), layer.outputNorm),
            attention: attention
        )
    }

    /// `softmax(scale · Q · Kᵀ + positions) · V`, a head at a time.
    ///
    /// - Returns: the heads' results side by side, `[tokens, hidden]`, and the probabilities.
    private func attend(
        _ x: [Float],
        _ layer: EncoderLayerWeights,
        _ positions: [Int]
    ) -> (context: [Float], attention: [Float]) {
        let hidden = configuration.hidden
        let headSize = configuration.headSize
        let tokens = x.count / hidden
        let query = linear(x, layer.query)
        let key = linear(x, layer.key)
        let value = linear(x, layer.value)
        let relative = relativeKeysAndQueries(layer)
        var context = [Float](repeating: 0, count: x.count)
        var attention: [Float] = []
        for head in 0..<configuration.heads {
            let columns = head * headSize..<(head + 1) * headSize
            var scores: [Float] = []
            for row in 0..<tokens {
                for other in 0..<tokens {
                    let distance = positions[other] - positions[row]
                    var product = 0.0
                    for column in columns {
                        let (own, others) = (query[row * hidden + column], key[other * hidden + column])
                        product += Double(own) * Double(others)
                        if let relative {
                            let start = relative.buckets.row(ofDistance: distance) * hidden
                            product += Double(own) * Double(relative.keys[start + column])
                            product += Double(others) * Double(relative.queries[start + column])
                        }
                    }
                    let terms = relative == nil ? 1 : 3
                    let scaled = product / Double(terms * headSize).squareRoot()
                    scores.append(Float(scaled + bias(head, ofDistance: distance)))
                }
            }
            let probabilities = Reference.softmax(scores, width: tokens)
            for row in 0..<tokens {
                for column in columns {
                    var sum = 0.0
                    for other in 0..<tokens {
                        sum +=
                            Double(probabilities[row * tokens + other])
                            * Double(value[other * hidden + column])
                    }
                    context[row * hidden + column] = Float(sum)
                }
            }
            attention += probabilities
        }
        return (context, attention)
    }

    /// What a layer makes of the embeddings of distances, `[rows, hidden]`; nil where there are none.
    private func relativeKeysAndQueries(
        _ layer: EncoderLayerWeights
    ) -> (keys: [Float], queries: [Float], buckets: DisentangledBuckets)? {
        guard let embeddings = weights.relativeEmbeddings,
            case .disentangled(let buckets) = configuration.relativePositions
        else { return nil }
        let normalized = norm(embeddings.values, embeddings.norm)
        return (linear(normalized, layer.key), linear(normalized, layer.query), buckets)
    }

    /// What a distance adds to the scores of a head.
    private func bias(_ head: Int, ofDistance distance: Int) -> Double {
        guard let table = weights.relativeBias else { return 0 }
        return Double(table[DistanceBuckets.bucket(ofDistance: distance) * configuration.heads + head])
    }

    private func linear(_ x: [Float], _ weights: LinearWeights) -> [Float] {
        Reference.linear(x, weight: weights.weight, bias: weights.bias, rows: x.count / weights.inputs)
    }

    private func norm(_ x: [Float], _ weights: NormWeights) -> [Float] {
        Reference.layerNorm(
            x,
            weight: weights.weight,
            bias: weights.bias,
            epsilon: configuration.layerNormEpsilon
        )
    }

    private func activate(_ x: [Float]) -> [Float] {
        switch configuration.activation {
        case .geluErf: Reference.geluErf(x)
        case .geluTanh: Reference.geluTanh(x)
        case .relu: Reference.relu(x)
        }
    }

    private func sum(_ x: [Float], _ y: [Float]) -> [Float] {
        zip(x, y).map { $0 + $1 }
    }
}
