/// How much of some long work is done and how long the rest will take, as the line of progress on standard error.
public final class ProgressLine {
    private let unit: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?

    /// - Parameter unit: What is counted, in the plural.
    public init(unit: String) {
        self.unit = unit
        start = clock.now
    }

    /// Shows how far the work is.
    ///
    /// - Parameters:
    ///   - finished: How many units are done.
    ///   - wanted: How many there are; nil when that is not known. Asked only when something is shown.
    public func update(_ finished: Int, of wanted: @autoclosure () -> Int?) {
        let now = clock.now
        // Nothing for short work, then a few times a second.
        guard now - (drawn ?? start) > (drawn == nil ? .milliseconds(500) : .milliseconds(200)) else {
            return
        }
        drawn = now
        StandardError.showProgress(Self.text(finished, of: wanted(), unit: unit, elapsed: now - start))
    }

    /// Shows what is done first, where that takes long and cannot be counted.
    public func show(_ text: String) {
        drawn = clock.now
        StandardError.showProgress(text)
    }

    /// Takes the line away.
    public func finish() {
        if drawn != nil { StandardError.clearProgress() }
    }

    static func text(_ finished: Int, of wanted: Int?, unit: String, elapsed: Duration) -> String {
        guard let wanted, wanted > 0 else { return "\(finished) \(unit)" }
        let percent = finished * 100 / wanted
        guard finished > 0 else { return "\(finished) of \(wanted) \(unit)" }
        let left = Int((elapsed * Double(wanted - finished) / Double(finished)) / .seconds(1))
        let (minutes, seconds) = (left / 60 % 60, left % 60)
        let padded = seconds < 10 ? "0\(seconds)" : "\(seconds)"
        let time = left < 3600 ? "\(minutes):\(padded)" : "\(left / 3600) h \(minutes) min"
        return "\(finished) of \(wanted) \(unit) (\(percent) %), \(time) left"
    }
}
