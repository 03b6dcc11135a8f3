import Foundation

/// Looks for the settings that the paper tunes (Sections 4.2 and 4.3) by successive halving.
///
/// All trials train with the schedule of the whole run and stop after the same few steps; the best of them by the
/// criterion go on, for several times as many steps, until one is left that trains to the end. A trial that goes on is
/// resumed and loses nothing.
public final class SettingSearch {
    /// The values that are tried, in all combinations; none for the configuration's own.
    public struct Axes: Codable, Equatable, Sendable {
        /// The highest learning rate.
        public var learningRates: [Double] = []
        /// α.
        public var alphas: [Double] = []
        /// β.
        public var betas: [Double] = []
        /// The layers with a classifier, counted from 1; an empty list is all of them.
        public var layers: [[Int]] = []

        /// No values.
        public init() {}
    }

    /// One combination and how it did.
    public struct Trial: Codable, Equatable, Sendable {
        /// Counted from 1; the run is in `trial-N` of the search's directory.
        public var number: Int
        /// The highest learning rate.
        public var learningRate: Double
        /// α.
        public var alpha: Double
        /// β.
        public var beta: Double
        /// The layers with a classifier; empty for all.
        public var layers: [Int]
        /// The criterion after each of the rounds that it took part in, in percent.
        public var scores: [Double] = []
    }

    /// What `search.json` holds.
    private struct State: Codable {
        var configuration: TrainingConfiguration
        var axes: Axes
        var reduction: Int
        var trials: [Trial]
    }

    private let configuration: TrainingConfiguration
    private let options: RunOptions
    private let axes: Axes
    private let trialCount: Int
    private let reduction: Int
    private let report: (String) -> Void
    private let showProgress: (String) -> Void
    private let isInterrupted: () -> Bool

    /// A search.
    ///
    /// - Parameters:
    ///   - configuration: what all trials have in common, with development data to choose by.
    ///   - options: `output` is the directory of the search; `resume` goes on with one.
    ///   - axes: what is tried.
    ///   - trialCount: how many combinations begin, drawn by the seed; at most all there are.
    ///   - reduction: one of how many goes on after each round, for as many times the steps.
    ///   - report: called with a line for the user.
    ///   - showProgress: called with a text that replaces the one before.
    ///   - isInterrupted: asked after every step whether to stop.
    public init(
        _ configuration: TrainingConfiguration,
        options: RunOptions,
        axes: Axes,
        trialCount: Int,
        reduction: Int,
        report: @escaping (String) -> Void = { _ in },
        showProgress: @escaping (String) -> Void = { _ in },
        isInterrupted: @escaping () -> Bool = { false }
    ) {
        self.configuration = configuration
        self.options = options
        self.axes = axes
        self.trialCount = trialCount
        self.reduction = reduction
        self.report = report
        self.showProgress = showProgress
        self.isInterrupted = isInterrupted
    }

    /// Searches to the end, or until it is stopped.
    ///
    /// - Returns: the trials, those that came furthest and did best first; nil when it was interrupted.
    /// - Throws: any ``TrainingError``.
    public func run() throws(TrainingError) -> [Trial]? {
        guard !configuration.dev.isEmpty else {
            throw .invalidSetting(name: "--dev", value: "empty", allowed: "at least one file to choose by")
        }
        guard trialCount >= 2, reduction >= 2 else {
            throw .invalidSetting(name: "--trials or --reduction", value: "1", allowed: "2 or more")
        }
        let isNew = !FileManager.default.fileExists(atPath: options.output)
        var trials: [Trial]
        let plan: BatchPlan
        do throws(TrainingError) {
            trials = try begin()
            plan = BatchPlan(try windows(), configuration)
        } catch {
            // The corrected command is to find the place as this one did.
            if isNew, FileManager.default.fileExists(atPath: options.output) {
                try RunDirectory.remove(options.output)
            }
            throw error
        }
        let rounds = rounds(of: trials.count, steps: plan.steps)
        for (index, round) in rounds.enumerated() {
            let chosen = Self.ranked(trials.filter { $0.scores.count >= index }).prefix(round.trials)
            for trial in chosen.map(\.number) where trials[trial - 1].scores.count == index {
                let name = "round \(index + 1) of \(rounds.count), trial \(trial)"
                report("\(name): to step \(round.steps) of \(plan.steps), \(trials[trial - 1])")
                guard
                    let score = try score(trials[trial - 1], upTo: round.steps, first: rounds[0].steps, name)
                else {
                    return nil
                }
                trials[trial - 1].scores.append(score)
                try keep(trials)
            }
        }
        return Self.ranked(trials)
    }

    /// Those that came furthest first, and of these the best by their last score; ties in the order of the trials.
    static func ranked(_ trials: [Trial]) -> [Trial] {
        trials.sorted {
            ($1.scores.count, $1.scores.last ?? 0, $0.number) < (
                $0.scores.count, $0.scores.last ?? 0, $1.number
            )
        }
    }

    /// How many trials take part in each round, and up to which step.
    func rounds(of count: Int, steps: Int) -> [(trials: Int, steps: Int)] {
        var counts = [count]
        while let last = counts.last, last > 1 { counts.append(max(1, last / reduction)) }
        var rounds: [(trials: Int, steps: Int)] = []
        for (index, trials) in counts.enumerated() {
            let share = (index..<counts.count - 1).reduce(1.0) { share, _ in share / Double(reduction) }
            let target = max(1, Int((Double(steps) * share).rounded(.up)))
            rounds.append((trials, min(steps, max(target, rounds.last?.steps ?? 0))))
        }
        return rounds
    }

    /// All combinations in an order that the seed decides, or those of the search that is resumed.
    private func begin() throws(TrainingError) -> [Trial] {
        if options.resume {
            let data = try RunDirectory.read(stateFile)
            guard let state = try? JSONDecoder().decode(State.self, from: data) else {
                throw .unreadable(
                    path: stateFile,
                    reason:
                        "it is not the state of a search as this version writes it. Go on with the one that did, or start anew in another"
                        + " --output"
                )
            }
            var differences = configuration.differences(from: state.configuration)
            if state.axes != axes { differences.append("the values to try are others") }
            if state.reduction != reduction {
                differences.append("reduction is \(reduction) and was \(state.reduction)")
            }
            guard differences.isEmpty else {
                throw .otherSettings(directory: options.output, differences: differences)
            }
            return state.trials
        }
        if let contents = try? FileManager.default.contentsOfDirectory(atPath: options.output),
            !contents.isEmpty
        {
            throw .outputNotEmpty(directory: options.output)
        }
        for file in configuration.dev { try DevelopmentSet.check(file, limit: configuration.devLimit) }
        var all: [Trial] = []
        for rate in axes.learningRates.isEmpty ? [configuration.learningRate] : axes.learningRates {
            for alpha in axes.alphas.isEmpty ? [configuration.alpha] : axes.alphas {
                for beta in axes.betas.isEmpty ? [configuration.beta] : axes.betas {
                    for layers in axes.layers.isEmpty ? [configuration.augmentLayers] : axes.layers {
                        all.append(
                            Trial(number: 0, learningRate: rate, alpha: alpha, beta: beta, layers: layers)
                        )
                    }
                }
            }
        }
        var generator = SeededGenerator(seed: configuration.seed, name: "search")
        all.shuffle(using: &generator)
        let trials = all.prefix(trialCount).enumerated().map { index, trial in
            var trial = trial
            trial.number = index + 1
            return trial
        }
        // What is wrong with any of them is known before the first begins.
        for trial in trials { _ = try SkimmingModel(configuration(of: trial)) }
        try RunDirectory.make(options.output)
        try keep(trials)
        return trials
    }

    private var stateFile: String { options.output + "/search.json" }

    private func keep(_ trials: [Trial]) throws(TrainingError) {
        let state = State(configuration: configuration, axes: axes, reduction: reduction, trials: trials)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try RunDirectory.write(try TrainingError.wrapping { try encoder.encode(state) }, to: stateFile)
    }

    /// The windows, which are the same for all trials.
    private func windows() throws(TrainingError) -> PreparedWindows {
        let model = try SkimmingModel(configuration)
        return try WindowPreparation(
            configuration: configuration,
            encoder: model.encoder.configuration,
            report: { _ in }
        ).windows(cache: options.output + "/windows.safetensors", keeping: true)
    }

    private func configuration(of trial: Trial) -> TrainingConfiguration {
        var configuration = configuration
        configuration.learningRate = trial.learningRate
        configuration.alpha = trial.alpha
        configuration.beta = trial.beta
        configuration.augmentLayers = trial.layers
        return configuration
    }

    /// Trains a trial up to a step and measures it; nil when it was interrupted.
    private func score(
        _ trial: Trial,
        upTo target: Int,
        first: Int,
        _ name: String
    ) throws(TrainingError) -> Double? {
        let configuration = configuration(of: trial)
        var options = options
        options.output += "/trial-\(trial.number)"
        let directory = RunDirectory(existingAt: options.output)
        options.resume = FileManager.default.fileExists(atPath: directory.configurationFile)
        options.evaluateEvery = target
        options.checkpointEvery = options.checkpointEvery ?? target
        options.stopAfter = target - (TrainingCheckpoint.steps(in: directory.checkpoints).last ?? 0)
        let ending = try Trainer(
            configuration,
            options: options,
            report: { [report] in report("\(name): \($0)") },
            showProgress: { [showProgress] in showProgress("\(name): \($0)") },
            isInterrupted: isInterrupted
        ).run()
        let path = "\(directory.checkpoints)/step-\(target)/progress.json"
        let progress = try? JSONDecoder().decode(
            TrainingCheckpoint.Progress.self,
            from: RunDirectory.read(path)
        )
        guard let progress, progress.evaluatedStep == target, let scores = progress.evaluation else {
            guard case .interrupted = ending else {
                throw .unreadable(path: path, reason: "it has no evaluation")
            }
            return nil
        }
        return configuration.bestCriterion.value(of: scores)
    }
}

extension SettingSearch.Trial: CustomStringConvertible {
    /// The settings in a line.
    public var description: String {
        "learning rate \(learningRate), α \(alpha), β \(beta), classifiers at"
            + " \(layers.isEmpty ? "all layers" : layers.map(String.init).joined(separator: "+"))"
    }
}
