import TensorModule

extension Precision {
    /// The points of F1 that a format may have lost in calibration to be taken without being asked for.
    package static let largestAutomaticLoss = 0.1

    /// With a larger standard error, calibration cannot tell such losses from none.
    package static let largestAutomaticError = 0.3

    /// The fastest format that this processor runs natively and that lost next to nothing in calibration, dense and
    /// skimming; f32 when there is none, or no calibration.
    ///
    /// Next to nothing: at most 0.1 points more than its standard error. Rounding changes a few answers in a hundred, as many for
    /// the better as for the worse, so that of 2,000 questions a loss of 0.2 says nothing.
    package static func automatic(_ frontier: SkimFrontier?) -> Precision {
        let measured = frontier?.precisions ?? [:]
        // The smaller the numbers, the faster.
        return [Precision.int8, .bfloat16].first { precision in
            guard precision.isNative, let loss = measured[precision.rawValue] else { return false }
            let error = loss.standardError ?? 0
            return error <= largestAutomaticError
                && max(loss.denseF1Loss, loss.f1Loss) - error <= largestAutomaticLoss
        } ?? .float32
    }
}
