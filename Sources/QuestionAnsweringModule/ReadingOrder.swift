/// Which of a question's windows are read next, and when that ends.
struct ReadingOrder {
    /// Nil for reading all.
    let reading: BestFirstReading?
    /// By how many logits spans of a window count for more.
    let priors: [Float]
    /// The promise of each window; empty for reading all.
    let promises: [Double]
    /// Nil while windows are left to read.
    private(set) var end: AnswerReport.Reading.End?

    private var rounds: ArraySlice<[Int]>
    /// Whether a round begins only when the one before is finished.
    private let waits: Bool
    private let windowCount: Int
    private var awaited = 0

    /// All windows in the order of the text.
    ///
    /// - Parameters:
    ///   - windowCount: How many there are.
    ///   - waits: Whether what comes of a window depends on those before.
    init(windowCount: Int, waits: Bool) {
        reading = nil
        self.waits = waits
        self.windowCount = windowCount
        priors = Array(repeating: 0, count: windowCount)
        promises = []
        rounds = (0..<windowCount).map { [$0] }[...]
    }

    /// Windows in the order of their promise.
    init(promises: [Double], reading: BestFirstReading) {
        self.reading = reading
        waits = true
        windowCount = promises.count
        self.promises = promises
        priors = promises.map { Float($0 * reading.promiseWeight) }
        let order = Self.order(of: promises)
        let read = order.prefix(max(1, reading.maximumWindows))
        let size = max(1, reading.windowsPerRound)
        rounds =
            stride(from: 0, to: read.count, by: size)
            .map { Array(read[$0..<min($0 + size, read.count)]) }[...]
    }

    /// The windows with the highest promise first; of equal ones that which comes first in the text.
    static func order(of promises: [Double]) -> [Int] {
        promises.indices.sorted {
            promises[$0] != promises[$1] ? promises[$0] > promises[$1] : $0 < $1
        }
    }

    /// How many windows may still be read, those included that are being read.
    var remaining: Int { awaited + (end == nil ? rounds.reduce(0) { $0 + $1.count } : 0) }

    /// The windows of the next round that can be read now; nil while it depends on a round that is not finished.
    var next: [Int]? { end == nil && (!waits || awaited == 0) ? rounds.first : nil }

    /// Hands the next round out.
    mutating func takeRound() -> [Int]? {
        guard let round = next else { return nil }
        rounds.removeFirst()
        awaited += round.count
        return round
    }

    /// Takes note that a window was read, and decides after the last of a round whether to go on.
    ///
    /// - Parameters:
    ///   - best: s of the best span so far; nil when there is none.
    ///   - isTimeUp: Whether the budget is used up.
    mutating func finishWindow(best: Float?, isTimeUp: Bool) {
        awaited -= 1
        guard awaited == 0, reading != nil || rounds.isEmpty else { return }
        guard let upcoming = rounds.first?.first else {
            end = reading.map { windowCount > $0.maximumWindows } ?? false ? .limit : .all
            return
        }
        if let best, let margin = reading?.stopMargin, Double(best - priors[upcoming]) >= margin {
            end = .confident
        } else if isTimeUp {
            end = .budget
        }
    }
}

extension AnswerReport.Reading {
    /// What was read of a question's windows.
    init(_ order: ReadingOrder, windows: Int, read: Int) {
        self.init(
            order: order.reading == nil ? .text : .bestFirst,
            windows: windows,
            read: read,
            stopped: order.end ?? .all
        )
    }
}
