import TensorModule

/// With what a model is run.
public struct ModelOptions: Sendable, Equatable {
    /// How many threads a question may use.
    public var threads: ThreadBudget
    /// How many windows go through the layers together, at least 1.
    ///
    /// No answer depends on it. It pays for many short contexts; memory grows with it.
    public var batchSize: Int

    /// Options; the defaults are those of the command line.
    public init(threads: ThreadBudget = .physicalCores, batchSize: Int = 1) {
        self.threads = threads
        self.batchSize = batchSize
    }
}
