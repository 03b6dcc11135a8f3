import DatasetModule

/// Passes on what is wrong with single places of data: of each kind the first ten lines, and at the end how many more there are.
final class FaultList {
    private static let most = 10

    private var counts: [String: Int] = [:]
    private let report: (String) -> Void

    /// - Parameter report: called with each line.
    init(report: @escaping (String) -> Void) { self.report = report }

    /// Passes on an issue of a data set.
    func add(_ issue: DatasetIssue) { add("\(issue)", kind: issue.kind) }

    /// Passes on anything else.
    ///
    /// - Parameters:
    ///   - fault: what is wrong, in one line.
    ///   - kind: what it has in common with others that differ in place and words.
    func add(_ fault: String, kind: String) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= Self.most { report(fault) }
    }

    /// Says how many were not passed on.
    func finish() {
        let more = counts.values.reduce(0) { $0 + max(0, $1 - Self.most) }
        if more > 0 { report("\(more) more of the same kinds") }
        counts = [:]
    }
}
