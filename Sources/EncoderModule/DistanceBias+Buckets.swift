import TensorModule

extension DistanceBias {
    /// Lays out a table of buckets by distance.
    ///
    /// - Parameters:
    ///   - buckets: `[DistanceBuckets.count, heads]`, as checkpoints have it.
    ///   - configuration: The encoder's shape, which says how far two tokens can be apart.
    init(buckets: [Float], _ configuration: EncoderConfiguration) {
        let heads = configuration.heads
        self.init(heads: heads, farthest: configuration.maximumPositions - 1) { head, distance in
            buckets[DistanceBuckets.bucket(ofDistance: distance) * heads + head]
        }
    }
}
