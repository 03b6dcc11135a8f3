import TensorModule

/// With what a model is run.
public struct ModelOptions: Sendable, Equatable {
    /// The number format of weights and products; nil for the fastest that this processor runs natively and that lost at
    /// most 0.1 points of F1 when the checkpoint was calibrated.
    public var precision: Precision?
    /// How many threads a question may use.
    public var threads: ThreadBudget
    /// How many windows go through the layers together, at least 1.
    ///
    /// No answer depends on it. It pays for many short contexts; memory grows with it.
    public var batchSize: Int

    /// Options; the defaults are those of the command line.
    public init(
        precision: Precision? = nil,
        threads: ThreadBudget = .physicalCores,
        batchSize: Int = 1
    ) {
        self.precision = precision
        self.threads = threads
        self.batchSize = batchSize
    }
}
