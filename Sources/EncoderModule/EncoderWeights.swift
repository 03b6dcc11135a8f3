/// A linear map: `y = x · weightᵀ + bias`.
package struct LinearWeights: Sendable, Equatable {
    /// `[outputs, inputs]`, row-major.
    package var weight: [Float]
    /// `[outputs]`.
    package var bias: [Float]
    /// The width of x.
    package var inputs: Int
    /// The width of y.
    package var outputs: Int

    /// Weights of the shapes given.
    package init(weight: [Float], bias: [Float], inputs: Int, outputs: Int) {
        precondition(
            weight.count == inputs * outputs && bias.count == outputs,
            "\(weight.count) weights and \(bias.count) biases for [\(outputs), \(inputs)]"
        )
        self.weight = weight
        self.bias = bias
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// The scale and shift of a layer normalisation, both `[width]`.
package struct NormWeights: Sendable, Equatable {
    /// The scale.
    package var weight: [Float]
    /// The shift.
    package var bias: [Float]

    /// Weights of equal length.
    package init(weight: [Float], bias: [Float]) {
        precondition(weight.count == bias.count, "\(weight.count) scales and \(bias.count) shifts")
        self.weight = weight
        self.bias = bias
    }
}

/// What turns token ids into the first hidden states: `norm(word + position + tokenType)`, projected where there is a
/// projection.
package struct EmbeddingWeights: Sendable {
    /// `[vocabularySize, embeddingSize]`.
    package var word: EmbeddingTable
    /// `[rows, embeddingSize]`; which row belongs to a token, ``EncoderConfiguration/positions`` says; nil for a family
    /// without position embeddings.
    package var position: EmbeddingTable?
    /// `[tokenTypeCount, embeddingSize]`; nil for a family without token types.
    package var tokenType: EmbeddingTable?
    /// The normalisation of the sum.
    package var norm: NormWeights
    /// `[hidden, embeddingSize]`; nil where the embeddings are as wide as the encoder.
    package var projection: LinearWeights?

    /// Embeddings made in the program.
    package init(
        word: EmbeddingTable,
        position: EmbeddingTable?,
        tokenType: EmbeddingTable?,
        norm: NormWeights,
        projection: LinearWeights? = nil
    ) {
        self.word = word
        self.position = position
        self.tokenType = tokenType
        self.norm = norm
        self.projection = projection
    }

    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint) throws(EncoderError) {
        let sizes = checkpoint.configuration
        let names = WeightNames(sizes.family)
        let prefix = checkpoint.encoderPrefix
        let width = sizes.embeddingSize
        word = try checkpoint.table(prefix + names.wordEmbeddings, rows: sizes.vocabularySize, width: width)
        if sizes.positions != .none {
            position = try checkpoint.table(
                prefix + names.positionEmbeddings,
                rows: sizes.positionRowCount,
                width: width
            )
        }
        if sizes.tokenTypeCount > 0 {
            tokenType = try checkpoint.table(
                prefix + names.tokenTypeEmbeddings,
                rows: sizes.tokenTypeCount,
                width: width
            )
        }
        norm = try checkpoint.norm(prefix + names.embeddingNorm, width: width)
        if sizes.projectsEmbeddings {
            projection = try checkpoint.linear(
                prefix + names.embeddingProjection,
                inputs: width,
                outputs: sizes.hidden
            )
        }
    }
}

/// The weights of one encoder layer.
package struct EncoderLayerWeights: Sendable {
    /// `[hidden, hidden]`; head h takes the outputs `h · headSize ..< (h + 1) · headSize`.
    package var query: LinearWeights
    /// `[hidden, hidden]`.
    package var key: LinearWeights
    /// `[hidden, hidden]`.
    package var value: LinearWeights
    /// `[hidden, hidden]`, over the heads' outputs side by side.
    package var attentionOutput: LinearWeights
    /// The normalisation after the attention's residual sum.
    package var attentionNorm: NormWeights
    /// `[intermediate, hidden]`.
    package var intermediate: LinearWeights
    /// `[hidden, intermediate]`.
    package var output: LinearWeights
    /// The normalisation after the feed-forward's residual sum.
    package var outputNorm: NormWeights

    /// A layer made in the program.
    package init(
        query: LinearWeights,
        key: LinearWeights,
        value: LinearWeights,
        attentionOutput: LinearWeights,
        attentionNorm: NormWeights,
        intermediate: LinearWeights,
        output: LinearWeights,
        outputNorm: NormWeights
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.attentionOutput = attentionOutput
        self.attentionNorm = attentionNorm
        self.intermediate = intermediate
        self.output = output
        self.outputNorm = outputNorm
    }

    /// Reads the layer `layerIndex` of those that have weights of their own, counted from 0.
    ///
    /// One layer at a time, so that a loader which repacks the weights never holds two copies of the model.
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint, layerIndex: Int) throws(EncoderError) {
        let sizes = checkpoint.configuration
        let (hidden, inner) = (sizes.hidden, sizes.intermediate)
        let names = WeightNames(sizes.family)
        let name = "\(checkpoint.encoderPrefix)\(names.layers)\(layerIndex)."
        let layer = names.layer
        query = try checkpoint.linear(name + layer.query, inputs: hidden, outputs: hidden)
        key = try checkpoint.linear(name + layer.key, inputs: hidden, outputs: hidden)
        value = try checkpoint.linear(name + layer.value, inputs: hidden, outputs: hidden)
        attentionOutput = try checkpoint.linear(name + layer.attentionOutput, inputs: hidden, outputs: hidden)
        attentionNorm = try checkpoint.norm(name + layer.attentionNorm, width: hidden)
        intermediate = try checkpoint.linear(name + layer.intermediate, inputs: hidden, outputs: inner)
        output = try checkpoint.linear(name + layer.output, inputs: inner, outputs: hidden)
        outputNorm = try checkpoint.norm(name + layer.outputNorm, width: hidden)
    }
}

/// The weights of a whole encoder.
package struct EncoderWeights: Sendable {
    /// What makes the first hidden states.
    package var embeddings: EmbeddingWeights
    /// The layers that have weights of their own, first to last.
    package var layers: [EncoderLayerWeights]
    /// `[buckets, heads]`, see ``DistanceBuckets``; nil where attention has no such bias.
    package var relativeBias: [Float]?
    /// The embeddings of distances; nil where attention has none.
    package var relativeEmbeddings: RelativeEmbeddings?

    /// An encoder made in the program.
    package init(
        embeddings: EmbeddingWeights,
        layers: [EncoderLayerWeights],
        relativeBias: [Float]? = nil
    ) {
        self.embeddings = embeddings
        self.layers = layers
        self.relativeBias = relativeBias
    }

    /// Reads all layers.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint) throws(EncoderError) {
        embeddings = try EmbeddingWeights(checkpoint: checkpoint)
        layers = []
        for layerIndex in 0..<checkpoint.configuration.distinctLayerCount {
            layers.append(try EncoderLayerWeights(checkpoint: checkpoint, layerIndex: layerIndex))
        }
        relativeBias = try checkpoint.relativeBias()
        relativeEmbeddings = try RelativeEmbeddings(checkpoint: checkpoint)
    }
}

/// The question-answering head: two logits a token, output 0 the span's start, output 1 its end.
package struct SpanHeadWeights: Sendable {
    /// `[2, hidden]`.
    package var outputs: LinearWeights
    private static let name = "qa_outputs"

    /// A head made in the program.
    package init(outputs: LinearWeights) {
        self.outputs = outputs
    }

    /// - Throws: `missingHead`, `missingTensor`, `wrongShape`, `safetensors`.
    package init(checkpoint: Checkpoint) throws(EncoderError) {
        try checkpoint.checkHead(Self.name)
        outputs = try checkpoint.linear(Self.name, inputs: checkpoint.configuration.hidden, outputs: 2)
    }
}
