import TensorModule

/// What the positions of tokens add to the scores of each layer, made when the layers are loaded.
struct RelativeScores {
    private let configuration: EncoderConfiguration
    private let kind: Kind
    private let worker: Worker

    private enum Kind {
        case none
        case bias(DistanceBias)
        /// Normalised, `[rows, hidden]`.
        case embeddings([Float], DisentangledBuckets)
    }

    /// - Parameters:
    ///   - bias: MPNet's `[DistanceBuckets.count, heads]`, where the configuration asks for it.
    ///   - embeddings: DeBERTa's, likewise.
    ///   - configuration: The encoder's shape.
    init(
        bias: [Float]?,
        embeddings: RelativeEmbeddings?,
        configuration: EncoderConfiguration
    ) {
        self.configuration = configuration
        let worker = ThreadTeam(ThreadBudget(threads: 1) ?? .physicalCores).workers[0]
        self.worker = worker
        let farthest = configuration.maximumPositions - 1
        switch (configuration.relativePositions, bias, embeddings) {
        case (.none, _, _): kind = .none
        case (.bias, let bias?, _):
            let heads = configuration.heads
            kind = .bias(
                DistanceBias(heads: heads, farthest: farthest) { head, distance in
                    bias[DistanceBuckets.bucket(ofDistance: distance) * heads + head]
                }
            )
        case (.disentangled(let buckets), _, let embeddings?):
            var values = embeddings.values
            let norm = LayerNorm(
                scale: embeddings.norm.weight,
                shift: embeddings.norm.bias,
                epsilon: configuration.layerNormEpsilon
            )
            values.withUnsafeMutableBufferPointer { values in
                if let start = values.baseAddress { norm(start, rows: buckets.rowCount, on: worker) }
            }
            kind = .embeddings(values, buckets)
        case (.bias, nil, _), (.disentangled, _, nil):
            preconditionFailure("no weights for \(configuration.relativePositions)")
        }
    }

    /// What positions add in a layer.
    ///
    /// - Parameter layer: Its weights.
    /// - Returns: With the keys and queries of distances that the layer makes, where it makes some.
    /// - Throws: `tensor`.
    func scores(of layer: EncoderLayerWeights) throws(EncoderError) -> PositionScores {
        switch kind {
        case .none: return .none
        case .bias(let bias): return .bias(bias)
        case .embeddings(let embeddings, let buckets):
            let scale = configuration.scoreScale
            return .disentangled(
                DisentangledScores(
                    heads: configuration.heads,
                    keys: try project(embeddings, layer.key, rows: buckets.rowCount),
                    queries: try project(embeddings, layer.query, rows: buckets.rowCount).map { $0 * scale },
                    count: buckets.rowCount,
                    farthest: configuration.maximumPositions - 1,
                    place: buckets.row
                )
            )
        }
    }

    private func project(
        _ embeddings: [Float],
        _ weights: LinearWeights,
        rows: Int
    ) throws(EncoderError) -> [Float] {
        var result = [Float](repeating: 0, count: rows * weights.outputs)
        do throws(TensorError) {
            let linear = try PackedLinear(weights)
            embeddings.withUnsafeBufferPointer { embeddings in
                result.withUnsafeMutableBufferPointer { result in
                    guard let embeddings = embeddings.baseAddress, let result = result.baseAddress else {
                        return
                    }
                    linear(embeddings, rows: rows, into: result, on: worker)
                }
            }
            try worker.rethrow()
        } catch {
            throw .tensor(error)
        }
        return result
    }
}
