import EncoderModule

/// What the paper sets otherwise for some families.
public struct FamilyDefaults: Sendable, Equatable {
    /// α.
    public let alpha: Double
    /// The highest learning rate.
    public let learningRate: Double

    /// The paper's settings for the family of a checkpoint.
    ///
    /// Section 5.1: ALBERT, whose layers share their weights, has a smaller α and a higher rate.
    ///
    /// - Parameter directory: the checkpoint directory.
    /// - Throws: `encoder`.
    public init(model directory: String) throws(TrainingError) {
        let usual = TrainingConfiguration()
        let family = try TrainingError.wrapping { try EncoderConfiguration(directory: directory).family }
        alpha = family == .albert ? 0.05 : usual.alpha
        learningRate = family == .albert ? 5e-5 : usual.learningRate
    }
}
