/// Which windows each step of a run takes: a function of the seed and the step alone, so that a run can be resumed.
///
/// In every epoch each question comes once, in an order of its own, with its windows, which never part. Questions of
/// similarly long windows come together, so that little is padded: runs of `bucketBatches` batches of the shuffled questions are
/// sorted by length and cut into batches, whose order is shuffled again. The last batch of an epoch is filled up with
/// questions of its first.
///
/// A batch takes questions until it has its windows; where the last of them has more, the next batch begins as much later.
/// So an epoch has the same number of steps in any order.
struct BatchPlan {
    private static let bucketBatches = 50

    let stepsPerEpoch: Int
    let steps: Int
    private let questions: [Range<Int>]
    /// The tokens of each question's longest window.
    private let lengths: [Int]
    private let batchSize: Int
    private let seed: UInt64
    private var epoch: (number: Int, batches: [[Range<Int>]])?

    /// - Parameters:
    ///   - lengths: the tokens of each window; at least one window.
    ///   - questions: the windows of each question, at most `batchSize`; nil for windows that each stand for themselves.
    ///   - batchSize: windows of a step, over all processes.
    ///   - epochs: passes over the data, rounded to whole steps.
    ///   - seed: where random numbers start.
    init(
        lengths: [Int],
        questions: [Range<Int>]? = nil,
        batchSize: Int,
        epochs: Double,
        seed: UInt64
    ) {
        precondition(!lengths.isEmpty && batchSize > 0, "\(lengths.count) windows in batches of \(batchSize)")
        self.questions = questions ?? lengths.indices.map { $0..<$0 + 1 }
        self.lengths = self.questions.map { lengths[$0].max() ?? 0 }
        self.batchSize = batchSize
        self.seed = seed
        stepsPerEpoch = (lengths.count + batchSize - 1) / batchSize
        steps = max(1, Int((epochs * Double(stepsPerEpoch)).rounded()))
    }

    /// The questions of a step, each by its windows; steps are counted from 0.
    mutating func batch(ofStep step: Int) -> [Range<Int>] {
        let number = step / stepsPerEpoch
        if epoch?.number != number { epoch = (number, batches(ofEpoch: number)) }
        return epoch?.batches[step % stepsPerEpoch] ?? []
    }

    private func batches(ofEpoch number: Int) -> [[Range<Int>]] {
        var generator = SeededGenerator(seed: seed, name: "epoch \(number)")
        var order = Array(questions.indices)
        order.shuffle(using: &generator)
        // A data set smaller than a batch goes in several times.
        var (filling, windows) = (0, questions.reduce(0) { $0 + $1.count })
        while windows < stepsPerEpoch * batchSize {
            order.append(order[filling])
            windows += questions[order[filling]].count
            filling += 1
        }
        let buckets = (stepsPerEpoch + Self.bucketBatches - 1) / Self.bucketBatches
        let sorted = cut(order, Self.bucketBatches * batchSize, most: buckets).flatMap { bucket in
            bucket.sorted { lengths[$0] != lengths[$1] ? lengths[$0] < lengths[$1] : $0 < $1 }
        }
        var batches = cut(sorted, batchSize, most: stepsPerEpoch).map { $0.map { questions[$0] } }
        batches.shuffle(using: &generator)
        return batches
    }

    /// Cuts a list of questions, into `most` parts at most, where the windows before a question reach a multiple of a number.
    private func cut(_ order: [Int], _ windows: Int, most: Int) -> [[Int]] {
        var parts: [[Int]] = []
        var before = 0
        for question in order {
            if before / windows >= parts.count, parts.count < most { parts.append([]) }
            parts[parts.count - 1].append(question)
            before += questions[question].count
        }
        return parts
    }
}

extension BatchPlan {
    /// The steps of a run over prepared windows.
    init(_ windows: PreparedWindows, _ configuration: TrainingConfiguration) {
        self.init(
            lengths: windows.lengths,
            questions: configuration.spanNormalization == .document ? windows.questions : nil,
            batchSize: configuration.batchSize,
            epochs: configuration.epochs,
            seed: configuration.seed
        )
    }
}
