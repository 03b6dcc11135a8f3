import BlockSkimModule

/// Whether and how blocks are dropped: part of a request, not of the model.
public enum Skimming: Sendable, Equatable {
    /// As the checkpoint's `blockskim.json` says; dense when it has none.
    case asConfigured
    /// All blocks go through all layers.
    case dense
    /// As `blockskim.json` says, but after other layers or with other thresholds.
    ///
    /// - Parameters:
    ///   - skimLayers: Layers with a Block Skim Module, counted from 1; nil for the file's.
    ///   - skipThresholds: One for all layers or one for each; none for the file's.
    case adjusted(skimLayers: [Int]?, skipThresholds: [Double])
    /// The fastest way that calibration found to lose at most this many points of F1; dense when none of them is faster
    /// than that.
    ///
    /// A document that is read best-first goes by what calibration found on documents (``ReadingFrontier``), all else by what it
    /// found on single passages.
    case maximumF1Loss(Double)
    /// Exactly so.
    case policy(SkimPolicy)
}
