import EncoderModule
import TorchModule

/// MPNet's relative position bias: a number for each bucket of distances and head, one table for all layers.
struct RelativeBias {
    /// `[buckets, heads]`.
    private let buckets: Tensor
    /// The bucket of each distance from −farthest to farthest, `[2 · farthest + 1]`.
    private let bucketsByDistance: Tensor

    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        name: String,
        configuration: EncoderConfiguration
    ) throws(TrainingError) {
        buckets = try parameters.tensor(
            name,
            shape: [DistanceBuckets.count, configuration.heads],
            role: .undecayed
        )
        let farthest = configuration.maximumPositions - 1
        let indices = (-farthest...farthest).map { DistanceBuckets.bucket(ofDistance: $0) }
        bucketsByDistance = try TrainingError.wrapping {
            try Tensor(indices: indices, shape: [indices.count], on: parameters.device)
        }
    }

    /// The number of each head for each distance, `[heads, 2 · farthest + 1]`.
    func byDistance() throws(TorchError) -> Tensor {
        try buckets.rows(at: bucketsByDistance).permuted([1, 0])
    }
}
