import TensorModule

/// Seeded weights of the size that initialisation gives them, for benchmarks without a checkpoint.
package struct RandomWeights {
    private var state: UInt64

    package init(seed: UInt64) { state = seed &* 2 &+ 1 }

    /// Uniform in ±0.035, of standard deviation 0.02: BERT's initialiser range.
    package mutating func values(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            // A linear congruential generator (Knuth's MMIX); its upper bits are good enough to keep GEMMs honest.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.07
        }
    }

    package mutating func linear(inputs: Int, outputs: Int) -> LinearWeights {
        LinearWeights(
            weight: values(outputs * inputs),
            bias: values(outputs),
            inputs: inputs,
            outputs: outputs
        )
    }

    package mutating func norm(width: Int) -> NormWeights {
        NormWeights(weight: [Float](repeating: 1, count: width), bias: values(width))
    }

    mutating func table(rows: Int, width: Int) -> EmbeddingTable {
        EmbeddingTable(values: values(rows * width), rowCount: rows, width: width)
    }

    mutating func layer(_ sizes: EncoderConfiguration) -> EncoderLayerWeights {
        let (hidden, inner) = (sizes.hidden, sizes.intermediate)
        return EncoderLayerWeights(
            query: linear(inputs: hidden, outputs: hidden),
            key: linear(inputs: hidden, outputs: hidden),
            value: linear(inputs: hidden, outputs: hidden),
            attentionOutput: linear(inputs: hidden, outputs: hidden),
            attentionNorm: norm(width: hidden),
            intermediate: linear(inputs: hidden, outputs: inner),
            output: linear(inputs: inner, outputs: hidden),
            outputNorm: norm(width: hidden)
        )
    }
}

extension RandomWeights {
    fileprivate mutating func relative(_ sizes: EncoderConfiguration) -> RelativeScores {
        var bias: [Float]?
        var embeddings: RelativeEmbeddings?
        switch sizes.relativePositions {
        case .none: break
        case .bias: bias = values(DistanceBuckets.count * sizes.heads)
        case .disentangled(let buckets):
            embeddings = RelativeEmbeddings(
                values: values(buckets.rowCount * sizes.hidden),
                norm: norm(width: sizes.hidden)
            )
        }
        return RelativeScores(bias: bias, embeddings: embeddings, configuration: sizes)
    }
}

extension Encoder {
    /// An encoder of the given shape with random weights.
    ///
    /// - Throws: `tensor`.
    package init(
        random configuration: EncoderConfiguration,
        seed: UInt64,
        precision: Precision = .float32,
        workers: Int = 1
    ) throws(EncoderError) {
        var random = RandomWeights(seed: seed)
        let width = configuration.embeddingSize
        let embeddings = EmbeddingWeights(
            word: random.table(rows: configuration.vocabularySize, width: width),
            position: configuration.positions == .none
                ? nil : random.table(rows: configuration.positionRowCount, width: width),
            tokenType: configuration.tokenTypeCount == 0
                ? nil : random.table(rows: configuration.tokenTypeCount, width: width),
            norm: random.norm(width: width),
            projection: configuration.projectsEmbeddings
                ? random.linear(inputs: width, outputs: configuration.hidden) : nil
        )
        let relative = random.relative(configuration)
        try self.init(
            configuration: configuration,
            embeddings: embeddings,
            layers: (0..<configuration.distinctLayerCount).map { _ throws(EncoderError) in
                let weights = random.layer(configuration)
                return try EncoderLayer(
                    weights,
                    configuration: configuration,
                    positionScores: relative.scores(of: weights),
                    precision: precision,
                    workers: workers
                )
            }
        )
    }
}
