/// Which windows each step of a run takes: a function of the seed and the step alone, so that a run can be resumed.
///
/// In every epoch each window comes once, in an order of its own. Windows of similar length come together, so that
/// little is padded: runs of `bucketBatches` batches of the shuffled windows are sorted by length and cut into
/// batches, whose order is shuffled again. The last batch of an epoch is filled up with windows of its first.
struct BatchPlan {
    private static let bucketBatches = 50

    let stepsPerEpoch: Int
    let steps: Int
    private let lengths: [Int]
    private let batchSize: Int
    private let seed: UInt64
    private var epoch: (number: Int, batches: [[Int]])?

    /// - Parameters:
    ///   - lengths: the tokens of each window; at least one window.
    ///   - batchSize: windows of a step, over all processes.
    ///   - epochs: passes over the data, rounded to whole steps.
    ///   - seed: where random numbers start.
    init(lengths: [Int], batchSize: Int, epochs: Double, seed: UInt64) {
        precondition(!lengths.isEmpty && batchSize > 0, "\(lengths.count) windows in batches of \(batchSize)")
        self.lengths = lengths
        self.batchSize = batchSize
        self.seed = seed
        stepsPerEpoch = (lengths.count + batchSize - 1) / batchSize
        steps = max(1, Int((epochs * Double(stepsPerEpoch)).rounded()))
    }

    /// The windows of a step, steps counted from 0.
    mutating func batch(ofStep step: Int) -> [Int] {
        let number = step / stepsPerEpoch
        if epoch?.number != number { epoch = (number, batches(ofEpoch: number)) }
        return epoch?.batches[step % stepsPerEpoch] ?? []
    }

    private func batches(ofEpoch number: Int) -> [[Int]] {
        var generator = SeededGenerator(seed: seed, name: "epoch \(number)")
        var order = Array(lengths.indices)
        order.shuffle(using: &generator)
        // A data set smaller than a batch goes in several times.
        var filling = 0
        while order.count < stepsPerEpoch * batchSize {
            order.append(order[filling])
            filling += 1
        }
        var batches: [[Int]] = []
        let bucket = Self.bucketBatches * batchSize
        for start in stride(from: 0, to: order.count, by: bucket) {
            let sorted = order[start..<min(start + bucket, order.count)].sorted {
                lengths[$0] != lengths[$1] ? lengths[$0] < lengths[$1] : $0 < $1
            }
            for first in stride(from: 0, to: sorted.count, by: batchSize) {
                batches.append(Array(sorted[first..<first + batchSize]))
            }
        }
        batches.shuffle(using: &generator)
        return batches
    }
}
