/// By which figure of the evaluations the exported model is chosen; of equal ones the later.
public enum BestCriterion: String, Codable, Sendable, CaseIterable {
    /// F1 of the dense model.
    case f1
    /// F1 as the exported model skims.
    case skimmedF1 = "skimmed-f1"
    /// F1 of the block classifiers, the mean over their layers.
    case blockF1 = "block-f1"

    /// The figure, in percent.
    func value(of scores: ModelEvaluation.Scores) -> Double {
        switch self {
        case .f1: scores.f1
        case .skimmedF1: scores.skimmed?.f1 ?? scores.f1
        case .blockF1:
            100 * scores.blockClassifiers.reduce(0) { $0 + $1.f1 }
                / Double(max(1, scores.blockClassifiers.count))
        }
    }
}
