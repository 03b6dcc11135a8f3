import Foundation

/// How MPNet numbers the distances of two tokens.
///
/// The distance of a token that is attended to from the one that attends is positive behind it. Buckets 0 to 15 are for
/// distances from 0 down, 16 to 31 for those above 0. The first 8 of each half are one distance each; the others grow by a
/// constant factor, and the last is for 128 and all beyond.
///
/// Deviation: none from Hugging Face's `relative_position_bucket`. Pinned by `DistanceBucketsTests`.
public enum DistanceBuckets {
    /// The number of buckets.
    public static let count = 32
    private static let half = count / 2
    private static let exact = half / 2
    private static let farthest = 128

    /// The bucket of a distance: the position that is attended to less the one that attends.
    public static func bucket(ofDistance distance: Int) -> Int {
        let side = distance > 0 ? half : 0
        let steps = abs(distance)
        guard steps >= exact else { return side + steps }
        // In 32 bits, operation by operation, as Hugging Face computes it: 16, 32 and 64 lie on the edges of buckets.
        let logarithm = log(Float(steps) / Float(exact))
        let share = logarithm / Float(log(Double(farthest) / Double(exact)))
        let grown = exact + Int(share * Float(half - exact))
        return side + min(grown, half - 1)
    }
}
