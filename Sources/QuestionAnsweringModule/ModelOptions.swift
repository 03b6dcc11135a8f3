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
        /// The fastest way that calibration found to lose at most so many points of F1.
        ///
        /// Dense when none of them is faster than that; `QuestionAnswerer.skimming` is then nil.
        case maximumF1Loss(Double)
    }

    /// Whether and how blocks are dropped.
    public var skimming: Skimming
    /// What the weights of the encoder's layers are rounded to.
    public var precision: Precision
    /// How many threads a question may use.
    public var threads: ThreadBudget
    /// How many windows go through the layers together, at least 1.
    ///
    /// No answer depends on it. It pays for many short contexts; memory grows with it.
    public var batchSize: Int

    /// Options; the defaults are those of the command line.
    public init(
        skimming: Skimming = .asConfigured,
        precision: Precision = .float32,
        threads: ThreadBudget = .physicalCores,
        batchSize: Int = 1
    ) {
        self.skimming = skimming
        self.precision = precision
        self.threads = threads
        self.batchSize = batchSize
    }
}
