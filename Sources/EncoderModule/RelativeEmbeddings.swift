/// DeBERTa's embeddings of distances, of which each layer makes keys and queries.
package struct RelativeEmbeddings: Sendable {
    /// A row for each bucket, `[2 · buckets, hidden]`, before normalisation.
    package var values: [Float]
    /// Their normalisation.
    package var norm: NormWeights

    /// Embeddings made in the program.
    package init(values: [Float], norm: NormWeights) {
        self.values = values
        self.norm = norm
    }

    /// - Returns: nil for families whose attention has no such embeddings.
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package init?(checkpoint: Checkpoint) throws(EncoderError) {
        let sizes = checkpoint.configuration
        guard case .disentangled(let buckets) = sizes.relativePositions else { return nil }
        let names = WeightNames(sizes.family)
        values = try checkpoint.floats(
            checkpoint.encoderPrefix + names.relativeEmbeddings,
            shape: [buckets.rowCount, sizes.hidden]
        )
        norm = try checkpoint.norm(checkpoint.encoderPrefix + names.relativeNorm, width: sizes.hidden)
    }
}
