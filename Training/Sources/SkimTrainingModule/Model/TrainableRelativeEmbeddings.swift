import EncoderModule
import TorchModule

/// DeBERTa's embeddings of distances, of which each layer makes keys and queries.
struct TrainableRelativeEmbeddings {
    /// `[rows, hidden]`.
    private let embeddings: Tensor
    private let norm: LinearLayer
    private let epsilon: Double
    /// The row of each distance from −farthest to farthest, `[2 · farthest + 1]`.
    private let rowsByDistance: Tensor

    /// A batch's view of them.
    struct Batch {
        /// Normalised, `[rows, hidden]`.
        let embeddings: Tensor
        let rowsByDistance: Tensor
        let places: Tensor
    }

    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        names: WeightNames,
        buckets: DisentangledBuckets,
        configuration: EncoderConfiguration
    ) throws(TrainingError) {
        embeddings = try parameters.tensor(
            names.prefix + names.relativeEmbeddings,
            shape: [buckets.rowCount, configuration.hidden],
            role: .decayed
        )
        norm = try parameters.norm(names.prefix + names.relativeNorm, width: configuration.hidden)
        epsilon = Double(configuration.layerNormEpsilon)
        let farthest = configuration.maximumPositions - 1
        let rows = (-farthest...farthest).map { buckets.row(ofDistance: $0) }
        rowsByDistance = try TrainingError.wrapping {
            try Tensor(indices: rows, shape: [rows.count], on: parameters.device)
        }
    }

    /// Normalises them, once for all layers.
    func callAsFunction(_ batch: WindowBatch) throws(TorchError) -> Batch {
        Batch(
            embeddings: try embeddings.layerNorm(weight: norm.weight, bias: norm.bias, epsilon: epsilon),
            rowsByDistance: rowsByDistance,
            places: batch.places
        )
    }
}
