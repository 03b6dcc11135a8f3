import Foundation

/// How DeBERTa-v2 numbers the distances of two tokens: one by one when they are near, by powers when they are far.
///
/// Deviation: none from Hugging Face's `make_log_bucket_position`. Pinned by `DisentangledBucketsTests`.
public struct DisentangledBuckets: Sendable, Equatable {
    /// The buckets to one side, `position_buckets`; distances up to half of them have one each.
    public var count: Int
    /// From this distance on all have the last bucket, `max_relative_positions`.
    public var farthest: Int

    /// At least 2 buckets, and distances that do not all have their own.
    public init(count: Int, farthest: Int) {
        precondition(count >= 2 && farthest > count / 2 + 1, "\(count) buckets for distances to \(farthest)")
        self.count = count
        self.farthest = farthest
    }

    /// The rows of the relative embeddings.
    public var rowCount: Int { 2 * count }

    /// The row of a distance: the position that is attended to less the one that attends.
    public func row(ofDistance distance: Int) -> Int {
        min(max(bucket(of: -distance) + count, 0), rowCount - 1)
    }

    private func bucket(of distance: Int) -> Int {
        let middle = count / 2
        let steps = abs(distance)
        guard steps > middle else { return distance }
        // In 32 bits, operation by operation, as Hugging Face computes it.
        let share = log(Float(steps) / Float(middle)) / log(Float(Double(farthest - 1) / Double(middle)))
        let bucket = Int((share * Float(middle - 1)).rounded(.up)) + middle
        return distance < 0 ? -bucket : bucket
    }
}
