import Foundation
import TorchModule

/// The steps of a run, from where it is to its end.
final class TrainingSession {
    private let configuration: TrainingConfiguration
    private let options: RunOptions
    private let directory: RunDirectory
    private let windows: PreparedWindows
    private let step: TrainingStep
    private let metrics: MetricsLog?
    private let report: (String) -> Void
    private let showProgress: (String) -> Void
    private var plan: BatchPlan
    private var progress: TrainingCheckpoint.Progress
    /// The steps since the last line of metrics.
    private var recent: [TrainingStep.Result] = []
    private var recentSeconds = 0.0
    private var lastEvaluation: ModelEvaluation.Scores?

    init(
        configuration: TrainingConfiguration,
        options: RunOptions,
        directory: RunDirectory,
        windows: PreparedWindows,
        step: TrainingStep,
        progress: TrainingCheckpoint.Progress,
        report: @escaping (String) -> Void,
        showProgress: @escaping (String) -> Void
    ) throws(TrainingError) {
        self.configuration = configuration
        self.options = options
        self.directory = directory
        self.windows = windows
        self.step = step
        self.progress = progress
        self.report = report
        self.showProgress = showProgress
        plan = BatchPlan(
            lengths: windows.lengths,
            batchSize: configuration.batchSize,
            epochs: configuration.epochs,
            seed: configuration.seed
        )
        metrics =
            options.processes.leads
            ? try MetricsLog(path: directory.metricsFile, keepingSteps: progress.step) : nil
    }

    private var leads: Bool { options.processes.leads }
    private var epoch: Double { Double(progress.step) / Double(plan.stepsPerEpoch) }

    /// Trains, evaluates and keeps until the end or an interrupt.
    func run(isInterrupted: () -> Bool) throws(TrainingError) -> Trainer.Ending {
        let first = progress.step
        while progress.step < plan.steps {
            do throws(TrainingError) {
                try train()
            } catch {
                // No weight has moved: what is kept is the run as it was after the last good step.
                if case .lossNotFinite = error, leads, progress.step > first { try keep() }
                throw error
            }
            let done = progress.step
            let isLast = done == plan.steps
            let evaluates = isLast || done.isMultiple(of: options.evaluateEvery ?? plan.stepsPerEpoch)
            if leads {
                if isLast || done.isMultiple(of: options.logEvery) { try log() }
                if evaluates { try evaluate() }
            }
            let stops = isLast ? false : try anyStops(isInterrupted() || options.stopAfter == done - first)
            let keeps = done.isMultiple(of: options.checkpointEvery ?? plan.stepsPerEpoch)
            if leads, isLast || stops || keeps || evaluates { try keep() }
            if stops {
                if leads { report("stopped after step \(done); --resume goes on from there") }
                return .interrupted(step: done)
            }
        }
        if leads { try summarise() }
        return .finished
    }

    /// Whether any process wants to stop: all of them stop after the same step.
    private func anyStops(_ stops: Bool) throws(TrainingError) -> Bool {
        guard options.processes.world > 1 else { return stops }
        return try TrainingError.wrapping {
            let votes = try Tensor([stops ? 1 : 0], shape: [1])
            try votes.allReduce()
            return try votes.item() > 0
        }
    }

    private func train() throws(TrainingError) {
        let clock = ContinuousClock()
        let start = clock.now
        let batch = plan.batch(ofStep: progress.step).map { windows[$0] }
        let result = try step(
            batch,
            step: progress.step,
            of: plan.steps
        )
        let seconds = (clock.now - start) / .seconds(1)
        progress.step += 1
        progress.trainingSeconds += seconds
        progress.tokens += result.tokens
        recent.append(result)
        recentSeconds += seconds
        let left = progress.trainingSeconds / Double(progress.step) * Double(plan.steps - progress.step)
        showProgress(
            "step \(progress.step)/\(plan.steps)  loss \(format(result.total))"
                + " (question answering \(format(result.questionAnswering)))"
                + "  \(Int(Double(result.tokens) / seconds)) tokens/s  \(TimeText.text(seconds: left)) left"
        )
    }

    private func log() throws(TrainingError) {
        guard let last = recent.last else { return }
        func mean(_ value: (TrainingStep.Result) -> Double) -> Double {
            recent.reduce(0) { $0 + value($1) } / Double(recent.count)
        }
        let tokens = recent.reduce(0) { $0 + $1.tokens }
        try metrics?.append(
            MetricsLog.Steps(
                step: progress.step,
                epoch: epoch,
                loss: mean(\.total),
                questionAnsweringLoss: mean(\.questionAnswering),
                blockLosses: Dictionary(
                    uniqueKeysWithValues: last.blocks.keys.map { layer in
                        ("\(layer)", mean { $0.blocks[layer] ?? 0 })
                    }
                ),
                learningRate: last.learningRate,
                gradientNorm: last.gradientNorm,
                tokensPerSecond: Double(tokens) / recentSeconds
            )
        )
        recent = []
        recentSeconds = 0
    }

    /// Exports the model and, when there are development data, scores it and keeps it if it is the best.
    private func evaluate() throws(TrainingError) {
        let candidate = directory.model + RunDirectory.partialSuffix
        if FileManager.default.fileExists(atPath: candidate) { try RunDirectory.remove(candidate) }
        try ModelExport(elementType: options.exportPrecision == .bf16 ? .bf16 : .f32)
            .write(step.model, to: candidate)
        guard !configuration.dev.isEmpty else {
            return try RunDirectory.replace(directory.model, with: candidate)
        }
        let scores = try ModelEvaluation(
            files: configuration.dev,
            limit: configuration.devLimit,
            windows: configuration.windowSettings,
            threads: options.threads,
            progress: { [showProgress] in showProgress("evaluating: \(Int($0 * 100)) %") },
            report: report
        )(
            model: candidate,
            layers: configuration.classifier == .module
                ? configuration.classifierLayers(of: step.model.encoder.configuration.layerCount) : []
        )
        lastEvaluation = scores
        try metrics?.append(MetricsLog.Evaluation(step: progress.step, epoch: epoch, evaluation: scores))
        let classifiers = scores.blockClassifiers.map { "\($0.layer): \(format(100 * $0.f1))" }
        let cuts = scores.cuts.map { "\($0.layer): \(format(100 * $0.keptFraction))" }
        report(
            "step \(progress.step): EM \(format(scores.exactMatch)), F1 \(format(scores.f1)) of"
                + " \(scores.questions) questions"
                + (classifiers.isEmpty ? "" : "; block F1 by layer \(classifiers.joined(separator: ", "))")
                + (cuts.isEmpty
                    ? ""
                    : "; % of tokens to keep \(Int(100 * ModelEvaluation.recall)) % of the answer blocks, by layer"
                        + " \(cuts.joined(separator: ", "))")
        )
        if scores.f1 > progress.bestF1 ?? -1 {
            progress.bestF1 = scores.f1
            progress.bestStep = progress.step
            try RunDirectory.replace(directory.model, with: candidate)
        } else {
            try RunDirectory.remove(candidate)
        }
    }

    private func keep() throws(TrainingError) {
        try TrainingCheckpoint.write(
            step,
            progress,
            to: directory.checkpoints,
            keeping: options.keptCheckpoints
        )
    }

    private func summarise() throws(TrainingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let summary = RunSummary(
            steps: plan.steps,
            windows: windows.count,
            tokens: progress.tokens,
            trainingSeconds: progress.trainingSeconds,
            tokensPerSecond: Double(progress.tokens) / max(progress.trainingSeconds, 1e-9),
            bestF1: progress.bestF1,
            bestStep: progress.bestStep,
            lastEvaluation: lastEvaluation,
            libtorch: Torch.version
        )
        let data = try TrainingError.wrapping { try encoder.encode(summary) }
        try RunDirectory.write(data + [UInt8(ascii: "\n")], to: directory.summaryFile)
        report("the model is in \(directory.model)")
    }

    private func format(_ value: Double) -> String { String(format: "%.3f", value) }
}

/// What `summary.json` of a run directory holds.
struct RunSummary: Codable, Equatable {
    var steps: Int
    var windows: Int
    var tokens: Int
    var trainingSeconds: Double
    var tokensPerSecond: Double
    var bestF1: Double?
    var bestStep: Int?
    var lastEvaluation: ModelEvaluation.Scores?
    var libtorch: String
}

/// Durations for people.
public enum TimeText {
    /// Hours, minutes and seconds.
    public static func text(seconds: Double) -> String {
        let whole = max(0, Int(seconds.rounded()))
        return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}
