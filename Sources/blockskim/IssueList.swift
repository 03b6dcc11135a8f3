import DatasetModule
import TerminalModule

/// Prints what is wrong with a data set on standard error: of each kind the first ten, and how many more there are.
final class IssueList {
    private static let most = 10

    private var counts: [String: Int] = [:]

    func report(_ issue: DatasetIssue) {
        counts[issue.kind, default: 0] += 1
        if counts[issue.kind, default: 0] <= Self.most { StandardError.write("Warning: \(issue)") }
    }

    /// Says how many were not printed.
    func finish() {
        let more = counts.values.reduce(0) { $0 + max(0, $1 - Self.most) }
        if more > 0 { StandardError.write("Warning: \(more) more of the same kinds") }
    }
}
