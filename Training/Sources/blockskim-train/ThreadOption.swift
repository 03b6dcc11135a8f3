import ArgumentParser
import TensorModule

/// How many threads a command may use.
struct ThreadOption: ParsableArguments {
    @Option(help: "How many threads to use (default: one for each physical core).")
    var threads: Int?

    /// The budget.
    ///
    /// - Throws: a usage error for a number out of range.
    func budget() throws -> ThreadBudget {
        guard let threads else { return .physicalCores }
        guard let budget = ThreadBudget(threads: threads) else {
            throw ValidationError("--threads is \(threads); it must be 1 or more")
        }
        return budget
    }
}
