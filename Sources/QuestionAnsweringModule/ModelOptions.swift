import TensorModule

/// How a model is loaded and run.
public struct ModelOptions: Sendable, Equatable {
    /// Whether and how blocks are dropped.
    public enum Skimming: Sendable, Equatable {
        /// As the checkpoint's `blockskim.json` says; dense when it has none.
        case asConfigured
        /// All blocks go through all layers.
        case dense
        /// As `blockskim.json` says, but after other layers or with another threshold; `nil` leaves the file's value.
        case adjusted(skimLayers: [Int]?, skipThreshold: Double?)
        /// The fastest way to skim that lost at most this many points of F1 in calibration.
        ///
        /// Dense when no such way is faster than the dense model; `QuestionAnswerer.skimming` is then nil.
        case maximumF1Loss(Double)
    }

    /// Whether and how blocks are dropped.
    public var skimming: Skimming
    /// How many threads a question may use.
    public var threads: ThreadBudget
    /// How many windows go through the layers together, at least 1.
    ///
    /// It does not change the answers. Larger batches are worth their memory when there are many short contexts.
    public var batchSize: Int

    /// Options; the defaults are those of the command line.
    public init(
        skimming: Skimming = .asConfigured,
        threads: ThreadBudget = .physicalCores,
        batchSize: Int = 1
    ) {
        self.skimming = skimming
        self.threads = threads
        self.batchSize = batchSize
    }
}
