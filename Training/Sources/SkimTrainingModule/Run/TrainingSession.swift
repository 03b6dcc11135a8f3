import Foundation
import TorchModule

/// The steps of a run, from where it is to its end.
final class TrainingSession {
    private let options: RunOptions
    private let directory: RunDirectory
    private let windows: PreparedWindows
    private let step: TrainingStep
    private let selection: ModelSelection
    private let metrics: MetricsLog?
    private let report: (String) -> Void
    private let showProgress: (String) -> Void
    private var plan: BatchPlan
    private var progress: TrainingCheckpoint.Progress
    /// When this process began.
    private let start = ContinuousClock().now

    init(
        configuration: TrainingConfiguration,
        options: RunOptions,
        directory: RunDirectory,
        windows: PreparedWindows,
        step: TrainingStep,
        selection: ModelSelection,
        progress: TrainingCheckpoint.Progress,
        report: @escaping (String) -> Void,
        showProgress: @escaping (String) -> Void
    ) throws(TrainingError) {
        self.options = options
        self.directory = directory
        self.windows = windows
        self.step = step
        self.selection = selection
        self.progress = progress
        self.report = report
        self.showProgress = showProgress
        plan = BatchPlan(windows, configuration)
        metrics =
            options.processes.leads
            ? try MetricsLog(
                directory,
                keepingSteps: progress.step,
                evaluated: progress.evaluatedStep,
                layers: configuration.classifierLayers(of: step.model.encoder.configuration.layerCount),
                teacher: configuration.teacher
            ) : nil
    }

    private var leads: Bool { options.processes.leads }
    private var epoch: Double { Double(progress.step) / Double(plan.stepsPerEpoch) }
    private var isLast: Bool { progress.step == plan.steps }
    /// Whether the weights after this step are measured.
    private var isMeasured: Bool {
        isLast
            || progress.step > 0 && progress.step.isMultiple(of: options.evaluateEvery ?? plan.stepsPerEpoch)
    }
    private var isEvaluated: Bool { progress.evaluatedStep == progress.step }
    /// Whether the evaluations have not got better for as long as was asked for.
    private var patienceIsOver: Bool { options.patience.map { progress.evaluationsSinceBest >= $0 } ?? false }

    /// Whether nothing is left to do.
    private var isFinished: Bool {
        isLast && isEvaluated && FileManager.default.fileExists(atPath: directory.summaryFile)
    }

    /// Trains, keeps and evaluates until the end or an interrupt.
    ///
    /// A checkpoint comes before its evaluation: one that does not come to its end is made when the run is resumed.
    func run(isInterrupted: () -> Bool) throws(TrainingError) -> Trainer.Ending {
        if options.resume, isFinished {
            if leads { report("the run is finished: nothing to resume. The model is in \(directory.model)") }
            return .finished
        }
        let first = progress.step
        if options.resume, isMeasured, !isEvaluated, try !evaluate() { return interrupted() }
        if options.stopAfter == 0 { return interrupted() }
        var isEnough = try anyProcess(leads && patienceIsOver, when: options.patience != nil)
        while progress.step < plan.steps, !isEnough {
            do throws(TrainingError) {
                try train()
            } catch {
                // No weight has moved: what is kept is the run as it was after the last good step.
                if case .lossNotFinite = error, leads, progress.step > first { try keep() }
                throw error
            }
            let done = progress.step
            if leads, isLast || done.isMultiple(of: options.logEvery) { try log() }
            let isDone = options.stopAfter == done - first
            let wantsToStop = isInterrupted() || timeIsOver(done - first)
            let stops = isLast ? false : try anyProcess(wantsToStop)
            let keeps = done.isMultiple(of: options.checkpointEvery ?? plan.stepsPerEpoch)
            if leads, isLast || isDone || stops || keeps || isMeasured { try keep() }
            if stops { return interrupted() }
            if isMeasured {
                if try !evaluate() { return interrupted() }
                isEnough = try anyProcess(leads && patienceIsOver, when: options.patience != nil)
            }
            if isDone, !isLast, !isEnough { return interrupted() }
        }
        if leads {
            if isEnough, !isLast {
                report(
                    "stopped after step \(progress.step): no better for \(progress.evaluationsSinceBest) evaluations"
                )
            }
            try summarise()
        }
        return .finished
    }

    private func interrupted() -> Trainer.Ending {
        if leads { report("stopped after step \(progress.step); --resume goes on from there") }
        return .interrupted(step: progress.step)
    }

    /// Whether another step might not end in time.
    private func timeIsOver(_ steps: Int) -> Bool {
        guard let longest = options.maximumSeconds else { return false }
        let elapsed = (ContinuousClock().now - start) / .seconds(1)
        return elapsed * Double(steps + 1) / Double(max(steps, 1)) > longest
    }

    /// Measures the weights that were kept last; false when that was interrupted.
    private func evaluate() throws(TrainingError) -> Bool {
        guard leads else { return true }
        guard try selection.evaluate(&progress, metrics, epoch: epoch) else { return false }
        try TrainingCheckpoint.write(progress, to: directory.checkpoints, keeping: options.keptCheckpoints)
        return true
    }

    /// Whether any process says yes: all of them do the same after the same step.
    private func anyProcess(_ stops: Bool, when isAsked: Bool = true) throws(TrainingError) -> Bool {
        guard isAsked, options.processes.world > 1 else { return stops }
        return try TrainingError.wrapping {
            let votes = try Tensor([stops ? 1 : 0], shape: [1])
            try votes.allReduce()
            return try votes.item() > 0
        }
    }

    private func train() throws(TrainingError) {
        let clock = ContinuousClock()
        let start = clock.now
        let batch = plan.batch(ofStep: progress.step).map { $0.map { windows[$0] } }
        let result = try step(
            batch,
            step: progress.step,
            of: plan.steps
        )
        let seconds = (clock.now - start) / .seconds(1)
        progress.step += 1
        progress.trainingSeconds += seconds
        progress.tokens += result.tokens
        progress.recent.append(result)
        progress.recentSeconds += seconds
        showProgress(progressText(result, seconds: seconds))
    }

    private func progressText(_ result: TrainingStep.Result, seconds: Double) -> String {
        let left = progress.trainingSeconds / Double(progress.step) * Double(plan.steps - progress.step)
        return "step \(progress.step)/\(plan.steps)  loss \(format(result.total))"
            + " (question answering \(format(result.questionAnswering)))"
            + "  \(Int(Double(result.tokens) / seconds)) tokens/s  \(TimeText.text(seconds: left)) left"
    }

    private func log() throws(TrainingError) {
        let recent = progress.recent
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
                teachingLoss: last.teaching == nil ? nil : mean { $0.teaching ?? 0 },
                learningRate: last.learningRate,
                gradientNorm: last.gradientNorm,
                tokensPerSecond: Double(tokens) / progress.recentSeconds
            )
        )
        if options.reportsSteps {
            report(progressText(last, seconds: progress.recentSeconds / Double(recent.count)))
        }
        progress.recent = []
        progress.recentSeconds = 0
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
            bestF1: progress.best?.f1,
            bestStep: progress.best?.step,
            lastEvaluation: progress.evaluation,
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
