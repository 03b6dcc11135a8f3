import DatasetModule
import TerminalModule

/// Prints what is to be said of single places of a data set on standard error: of each kind the first ten, and how many more
/// there are.
final class IssueList {
    private static let most = 10

    private var counts: [String: Int] = [:]

    func report(_ issue: DatasetIssue) { report("\(issue)", kind: issue.kind) }

    /// - Parameters:
    ///   - warning: What is to be said, in one line.
    ///   - kind: What it has in common with others that differ in place and words.
    func report(_ warning: String, kind: String) {
        counts[kind, default: 0] += 1
        if counts[kind, default: 0] <= Self.most { StandardError.write("Warning: \(warning)") }
    }

    /// Says how many were not printed.
    func finish() {
        let more = counts.values.reduce(0) { $0 + max(0, $1 - Self.most) }
        if more > 0 { StandardError.write("Warning: \(more) more of the same kinds") }
    }
}
