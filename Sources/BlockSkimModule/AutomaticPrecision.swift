import TensorModule

extension Precision {
    /// The points of F1 that a format may have lost in calibration to be taken without being asked for.
    package static let largestAutomaticLoss = 0.1

    /// The fastest format that this processor runs natively and that lost next to nothing in calibration, dense and
    /// skimming; f32 when there is none, or no calibration.
    package static func automatic(_ frontier: SkimFrontier?) -> Precision {
        let measured = frontier?.precisions ?? [:]
        // The smaller the numbers, the faster.
        return [Precision.int8, .bfloat16].first { precision in
            guard precision.isNative, let loss = measured[precision.rawValue] else { return false }
            return max(loss.denseF1Loss, loss.f1Loss) <= largestAutomaticLoss
        } ?? .float32
    }
}
