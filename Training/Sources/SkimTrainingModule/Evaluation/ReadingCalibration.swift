import BlockSkimModule
import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import TensorModule

/// Finds how a model reads long documents best-first: how far, in what windows, and how it skims them.
///
/// Every way to skim is run once, as far as any setting may read; what other limits, weights of the promise and stop margins
/// would have given follows from what each window said.
public struct ReadingCalibration: Sendable {
    /// What is tried.
    public struct Settings: Sendable {
        /// The model, whose `blockskim.json` is changed.
        public var model = ""
        /// Data sets of long documents.
        public var dev: [String] = []
        /// The maximum number of questions used of each data set; nil for all.
        public var limit: Int?
        /// Layers after which blocks are dropped, beside dropping none; empty for the ways on the model's ``SkimFrontier``.
        public var layers: [[Int]] = []
        /// τ of ``layers``.
        public var thresholds = [0.5, 0.9, 0.98]
        /// The most tokens of a window.
        public var windowLengths = [256]
        /// The context tokens that consecutive windows share.
        public var overlap = 64
        /// How many windows go through the layers before it is decided whether to read on.
        public var windowsPerRound = [1, 2, 4]
        /// At most this many windows are read of a document.
        public var maximumWindows = 8
        /// The F1 that the chosen setting may lose to the best one, in points.
        public var maximumF1Loss = 0.2
        /// How many threads are used.
        public var threads = ThreadBudget.physicalCores

        /// The defaults of the command line.
        public init() {}
    }

    /// What was found.
    public struct Findings: Codable, Sendable {
        /// The frontier; `blockskim.json` has it, too, with the points between near ones left out.
        public var frontier: ReadingFrontier
        /// What `blockskim.json` says now.
        public var chosen: ReadingFrontier.Point
    }

    /// λ that are tried.
    private static let promiseWeights = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1]
    /// θ that are tried; nil reads to the limit.
    private static let stopMargins: [Double?] = [nil] + stride(from: -4, through: 20, by: 0.5).map { $0 }

    private let settings: Settings
    private let showProgress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - settings: What is tried.
    ///   - showProgress: Called with a text that replaces the one before.
    public init(_ settings: Settings, showProgress: @escaping @Sendable (String) -> Void = { _ in }) {
        self.settings = settings
        self.showProgress = showProgress
    }

    /// Measures, and writes the choice under `documents` into the model's `blockskim.json`.
    ///
    /// - Returns: The frontier and the choice.
    /// - Throws: `blockSkim`, `questionAnswering`, `dataset`, `unreadable`, `unwritable`.
    public func run() throws(TrainingError) -> Findings {
        try TrainingError.wrapping {
            let model = try QuestionAnsweringModel(directory: settings.model, threads: settings.threads)
            try RunDirectory.checkWritable(settings.model)
            let answerer = try QuestionAnswerer(model, options: ModelOptions(threads: settings.threads))
            let evaluation = ModelEvaluation(
                files: settings.dev,
                limit: settings.limit,
                windows: WindowSettings()
            )
            let items = try evaluation.sets(answerer).flatMap(\.items)
            var points: [ReadingFrontier.Point] = []
            var questions = 0
            let ways = self.ways(model, try SkimFrontier(directory: settings.model))
            let layerCount = Double(model.encoder.layerCount)
            for (index, way) in ways.enumerated() {
                showProgress("reading documents in way \(index + 1) of \(ways.count)")
                let traces = try traces(items, way, answerer)
                questions = traces.count
                points += frontier(of: traces, way, layerCount: layerCount)
            }
            let frontier = ReadingFrontier(questions: questions, measured: points)
            guard questions > 0, let chosen = frontier.cheapest(maximumF1Loss: settings.maximumF1Loss) else {
                throw TrainingError.unreadable(
                    path: settings.dev.joined(separator: ", "),
                    reason: "none of its documents needs more than one window; give longer ones"
                )
            }
            try CalibrationFile.change(inModel: settings.model) { object in
                object["documents"] = try CalibrationFile.json(chosen.reading)
                object["document_calibration"] = try CalibrationFile.json(frontier.thinned(keeping: chosen))
            }
            return Findings(frontier: frontier, chosen: chosen)
        }
    }

    /// Every way to run the model, reading as far as any setting may.
    private func ways(_ model: QuestionAnsweringModel, _ frontier: SkimFrontier?) -> [BestFirstReading] {
        let named = settings.layers.flatMap { layers in
            settings.thresholds.map { SkimPolicy(layers: layers, threshold: $0) }
        }
        let found = frontier?.points.map {
            SkimPolicy(thresholds: $0.skipThresholds.byLayer($0.skimLayers))
        }
        // All else about dropping is as the model says.
        let skimming = (settings.layers.isEmpty ? found ?? [] : named).map { policy in
            var policy = policy
            policy.minimumKeptBlocks = model.skimming?.policy.minimumKeptBlocks ?? policy.minimumKeptBlocks
            policy.skippedPositions = model.skimming?.policy.skippedPositions ?? policy.skippedPositions
            return policy
        }
        let policies: [SkimPolicy?] = [nil] + skimming
        return settings.windowLengths.flatMap { length in
            policies.flatMap { policy in
                // Without skimming the windows of a round do not compete: one run tells of all rounds.
                (policy == nil ? settings.windowsPerRound.prefix(1) : settings.windowsPerRound[...]).map {
                    BestFirstReading(
                        windowLength: length,
                        overlap: settings.overlap,
                        windowsPerRound: $0,
                        maximumWindows: settings.maximumWindows,
                        policy: policy
                    )
                }
            }
        }
    }

    /// Reads every document of more than one window.
    private func traces(
        _ items: [DatasetAnswering.Item],
        _ way: BestFirstReading,
        _ answerer: QuestionAnswerer
    ) throws -> [ReadingTrace] {
        let answering = DatasetAnswering(
            answerer: answerer,
            settings: QuestionAnswerer.Settings(reading: .bestFirst(way))
        )
        var traces: [ReadingTrace] = []
        try answering.answer(items) { event in
            guard case .answered(let answered) = event,
                let read = answered.readWindows()
            else { return }
            let windows = try read.windows.map { window in
                var score = AnswerScoreAccumulator()
                score.add(answered.example, prediction: window.text)
                return ReadingTrace.Window(
                    promise: window.promise,
                    score: window.score.map(Double.init),
                    f1: try score.scores().f1,
                    layerTokens: window.layerTokens
                )
            }
            traces.append(ReadingTrace(windows: windows, next: read.next))
        }
        return traces
    }

    /// What all settings give on some traces; those that others beat are left out.
    private func frontier(
        of traces: [ReadingTrace],
        _ way: BestFirstReading,
        layerCount: Double
    ) -> [ReadingFrontier.Point] {
        let count = Double(max(1, traces.count))
        var points: [ReadingFrontier.Point] = []
        let rounds = way.policy == nil ? settings.windowsPerRound : [way.windowsPerRound]
        for windowsPerRound in rounds {
            // The windows of a round that a limit cuts would have competed with fewer others.
            let step = way.policy == nil ? 1 : windowsPerRound
            for maximumWindows in stride(from: step, through: settings.maximumWindows, by: step) {
                for promiseWeight in Self.promiseWeights {
                    for stopMargin in Self.stopMargins {
                        var reading = way
                        reading.windowsPerRound = windowsPerRound
                        reading.maximumWindows = maximumWindows
                        reading.promiseWeight = promiseWeight
                        reading.stopMargin = stopMargin
                        let outcomes = traces.map { $0.outcome(reading) }
                        points.append(
                            ReadingFrontier.Point(
                                reading: reading,
                                f1: outcomes.reduce(0) { $0 + $1.f1 } / count,
                                tokens: outcomes.reduce(0) { $0 + Double($1.layerTokens) } / count
                                    / layerCount,
                                windows: outcomes.reduce(0) { $0 + Double($1.windows) } / count
                            )
                        )
                    }
                }
            }
        }
        return ReadingFrontier(questions: traces.count, measured: points).points
    }
}

extension ReadingFrontier {
    /// The same without points that lose less than a tenth of a point more than their neighbour with more tokens.
    func thinned(keeping chosen: Point) -> ReadingFrontier {
        var kept: [Point] = []
        for point in points.reversed()
        where point == chosen || kept.last.map({ $0.f1 - point.f1 >= 0.1 }) ?? true {
            kept.append(point)
        }
        return ReadingFrontier(questions: questions, measured: kept)
    }
}
