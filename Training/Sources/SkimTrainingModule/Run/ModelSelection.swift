import Foundation

/// Exports the model of a run, measures it on the development data, and keeps the best.
final class ModelSelection {
    private let configuration: TrainingConfiguration
    private let options: RunOptions
    private let directory: RunDirectory
    private let model: SkimmingModel
    private let report: (String) -> Void
    private let showProgress: (String) -> Void
    private let isInterrupted: () -> Bool

    /// A selection; `isInterrupted` is asked within an evaluation whether to give it up.
    init(
        configuration: TrainingConfiguration,
        options: RunOptions,
        directory: RunDirectory,
        model: SkimmingModel,
        report: @escaping (String) -> Void,
        showProgress: @escaping (String) -> Void,
        isInterrupted: @escaping () -> Bool
    ) {
        self.configuration = configuration
        self.options = options
        self.directory = directory
        self.model = model
        self.report = report
        self.showProgress = showProgress
        self.isInterrupted = isInterrupted
    }

    /// How many questions of each file a trial asks.
    private static let trialQuestions = 8

    /// Evaluates the model on a few questions, so that what would break at the end of an epoch breaks before the first step.
    ///
    /// - Throws: as an evaluation does.
    func tryOut() throws(TrainingError) {
        guard !configuration.dev.isEmpty else { return }
        let export = try exportCandidate()
        var evaluation = evaluation()
        evaluation.limit = min(Self.trialQuestions, configuration.devLimit ?? .max)
        do {
            _ = try evaluation(model: export, layers: measuredLayers)
        } catch TrainingError.evaluation {
            // The first questions may have no reference answer where later ones have.
        }
        try RunDirectory.remove(export)
    }

    /// Exports the model and, when there are development data, scores it and keeps it if it is the best.
    ///
    /// - Parameters:
    ///   - progress: where the run is; what was found is added.
    ///   - metrics: where the scores go.
    ///   - epoch: passes over the data done.
    /// - Returns: false when it was interrupted: nothing has changed then.
    /// - Throws: what exporting and evaluating throw.
    func evaluate(
        _ progress: inout TrainingCheckpoint.Progress,
        _ metrics: MetricsLog?,
        epoch: Double
    ) throws(TrainingError) -> Bool {
        let candidate = try exportCandidate()
        guard !configuration.dev.isEmpty else {
            try ModelCard(configuration, progress, nil).write(to: candidate)
            try RunDirectory.replace(directory.model, with: candidate)
            progress.evaluatedStep = progress.step
            return true
        }
        var predictions = configuration.dev.map { _ in [String: String]() }
        var evaluation = evaluation()
        evaluation.progress = { [showProgress] in showProgress("evaluating: \(Int($0 * 100)) %") }
        evaluation.isInterrupted = isInterrupted
        evaluation.report = report
        evaluation.record = { predictions[$0][$1] = $2 }
        guard let scores = try evaluation(model: candidate, layers: measuredLayers) else {
            try RunDirectory.remove(candidate)
            return false
        }
        try metrics?.append(MetricsLog.Evaluation(step: progress.step, epoch: epoch, evaluation: scores))
        report("step \(progress.step): \(scores)")
        let value = configuration.bestCriterion.value(of: scores)
        if let best = progress.best, value < best.value {
            progress.evaluationsSinceBest += 1
            try RunDirectory.remove(candidate)
        } else {
            progress.best = .init(step: progress.step, value: value, f1: scores.f1)
            progress.evaluationsSinceBest = 0
            try ModelCard(configuration, progress, scores).write(to: candidate)
            try write(predictions)
            try RunDirectory.replace(directory.model, with: candidate)
        }
        progress.evaluation = scores
        progress.evaluatedStep = progress.step
        return true
    }

    /// The layers whose classifiers look on.
    private var measuredLayers: [Int] {
        configuration.classifier != .none
            ? configuration.classifierLayers(of: model.encoder.configuration.layerCount) : []
    }

    private func evaluation() -> ModelEvaluation {
        ModelEvaluation(
            files: configuration.dev,
            limit: configuration.devLimit,
            windows: configuration.windowSettings,
            normalization: configuration.spanNormalization,
            threads: options.threads
        )
    }

    private func exportCandidate() throws(TrainingError) -> String {
        let candidate = directory.candidate
        if FileManager.default.fileExists(atPath: candidate) { try RunDirectory.remove(candidate) }
        try ModelExport(elementType: options.exportPrecision == .bf16 ? .bf16 : .f32)
            .write(model, to: candidate)
        return candidate
    }

    /// Writes the answers to each file under the file's name, with a number where two have the same.
    private func write(_ predictions: [[String: String]]) throws(TrainingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var seen: [String: Int] = [:]
        for (file, predictions) in zip(configuration.dev, predictions) {
            var name = URL(filePath: file).lastPathComponent
            for suffix in [".gz", ".json", ".jsonl"] where name.hasSuffix(suffix) {
                name.removeLast(suffix.count)
            }
            seen[name, default: 0] += 1
            if let count = seen[name], count > 1 { name += "-\(count)" }
            let data = try TrainingError.wrapping { try encoder.encode(predictions) }
            try RunDirectory.write(data, to: directory.predictionsFile(name))
        }
    }
}

extension ModelEvaluation.Scores: CustomStringConvertible {
    /// The figures in a line.
    var description: String {
        var parts = ["EM \(text(exactMatch)), F1 \(text(f1)) of \(questions) questions"]
        if files.count > 1 {
            parts.append(
                files.map { file in
                    "\(URL(filePath: file.file).lastPathComponent) EM \(text(file.exactMatch)), F1 \(text(file.f1))"
                }.joined(separator: "; ")
            )
        }
        if let skimmed {
            parts.append(
                "F1 as skimmed \(text(skimmed.f1)) with \(text(100 * skimmed.keptFraction)) % of the tokens"
            )
        }
        if let loss { parts.append("loss \(text(loss))") }
        if !blockClassifiers.isEmpty {
            let classifiers = blockClassifiers.map { "\($0.layer): \(text(100 * $0.f1))" }
            parts.append("block F1 by layer \(classifiers.joined(separator: ", "))")
        }
        if !cuts.isEmpty {
            let cuts = cuts.map { "\($0.layer): \(text(100 * $0.keptFraction))" }
            parts.append(
                "% of tokens to keep \(Int(100 * ModelEvaluation.recall)) % of the answer blocks, by layer"
                    + " \(cuts.joined(separator: ", "))"
            )
        }
        return parts.joined(separator: "; ")
    }

    private func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
