/// Says what is wrong with single places: of each kind the first ten lines, and at the end how many more there are.
public final class FaultList {
    private static let most = 10

    private var counts: [String: Int] = [:]
    private let report: (String) -> Void

    /// - Parameter report: called with each line.
    public init(report: @escaping (String) -> Void) { self.report = report }

    /// Passes on a fault.
    ///
    /// - Parameters:
    ///   - fault: what is wrong, in one line.
    ///   - kind: what it has in common with others that differ in place and words.
    public func add(_ fault: String, kind: String) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= Self.most { report(fault) }
    }

    /// Says how many were not passed on.
    public func finish() {
        let more = counts.values.reduce(0) { $0 + max(0, $1 - Self.most) }
        if more > 0 { report("\(more) more of the same kinds") }
        counts = [:]
    }
}
