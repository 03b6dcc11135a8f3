import BlockSkimModule
import QuestionAnsweringModule
import TensorModule

/// Measures what other number formats than f32 cost a calibrated model: what `--precision auto` chooses by.
public struct PrecisionCalibration {
    private let settings: Calibration.Settings
    private let showProgress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - settings: model, data, limit, windows and threads; nothing else of it counts.
    ///   - showProgress: called with a text that replaces the one before.
    public init(
        _ settings: Calibration.Settings,
        showProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.settings = settings
        self.showProgress = showProgress
    }

    /// Measures, dense and as `blockskim.json` skims, and writes the losses beside the frontier there.
    ///
    /// - Returns: the loss of each format by its name.
    /// - Throws: `blockSkim`, `questionAnswering`, `dataset`, `evaluation`, `unreadable`, `unwritable`.
    public func run() throws(TrainingError) -> [String: SkimFrontier.PrecisionLoss] {
        try TrainingError.wrapping {
            guard var frontier = try SkimFrontier(directory: settings.model) else {
                throw TrainingError.unreadable(
                    path: settings.model + "/" + SkimConfiguration.fileName,
                    reason:
                        "it has no calibration. Run blockskim-train calibrate without --only-precisions first"
                )
            }
            try RunDirectory.checkWritable(settings.model)
            let full = try measure(.float32)
            var losses: [String: SkimFrontier.PrecisionLoss] = [:]
            for precision in Precision.allCases where precision != .float32 {
                let rounded = try measure(precision)
                losses[precision.rawValue] = SkimFrontier.PrecisionLoss(
                    denseF1Loss: full.dense.f1 - rounded.dense.f1,
                    f1Loss: full.skimming.f1 - rounded.skimming.f1,
                    answerBlockRecallLoss: full.skimming.kept.answerBlockRecall
                        - rounded.skimming.kept.answerBlockRecall
                )
            }
            frontier.precisions = losses
            try CalibrationFile.change(inModel: settings.model) { object in
                object["calibration"] = try CalibrationFile.json(frontier)
            }
            return losses
        }
    }

    private func measure(
        _ precision: Precision
    ) throws -> (dense: ModelEvaluation.Measured, skimming: ModelEvaluation.Measured) {
        let options = ModelOptions(precision: precision, threads: settings.threads)
        let answerer = try QuestionAnswerer(model: settings.model, options: options)
        var evaluation = ModelEvaluation(
            files: settings.dev,
            limit: settings.limit,
            windows: settings.windows
        )
        let sets = try evaluation.sets(answerer)
        func measure(_ skimming: Skimming, _ name: String) throws -> ModelEvaluation.Measured {
            evaluation.progress = { [showProgress] in
                showProgress("\(precision.rawValue), \(name): \(Int($0 * 100)) %")
            }
            return try evaluation.measure(sets, answerer, skimming)
        }
        return (try measure(.dense, "dense"), try measure(.asConfigured, "skimming"))
    }
}
