import BlockSkimModule
import EncoderModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import TensorModule

/// Measures layers with a Block Skim Module, and cascades of them, at a grid of thresholds, and chooses.
public struct Calibration: Sendable {
    /// What is measured.
    public struct Settings: Sendable {
        /// The model, whose `blockskim.json` is changed.
        public var model = ""
        /// The data sets to measure on.
        public var dev: [String] = []
        /// The maximum number of questions used of each data set; nil for all.
        public var limit: Int?
        /// The skim layers of each way to skim, counted from 1; empty for all layers with a module, one by one.
        public var layers: [[Int]] = []
        /// How many cascades with a threshold for each layer are searched for at most, and measured.
        public var cascades = 6
        /// τ of ``layers``, one for all of a cascade.
        ///
        /// The defaults have those of Section 5.3: 0, 0.5, 0.9 and 0.99.
        public var thresholds = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]
        /// The F1 that the chosen way may lose, in points.
        public var maximumF1Loss = 0.2
        /// The number format of the weights; nil for the one that the model takes by itself.
        public var precision: Precision?
        /// How documents are cut.
        public var windows = WindowSettings()
        /// How many threads are used.
        public var threads = ThreadBudget.physicalCores

        /// The defaults of the command line.
        public init() {}
    }

    /// What was found.
    public struct Findings: Codable, Sendable {
        /// The number format of the weights.
        public var precision: String
        /// The frontier.
        public var frontier: SkimFrontier
        /// All points, those that others beat included.
        public var points: [SkimFrontier.Point]
        /// The predicted speedup of each layer if only prefix and blocks with an answer were kept: no classifier does better.
        public var ceilings: [Ceiling]
        /// What `blockskim.json` says now; nil when every way to skim loses too much or none is faster, and it is as it was.
        public var chosen: SkimFrontier.Point?

        /// Whether any way to skim is faster than the dense encoder by more than the spread of its measurement.
        public var skimmingPays: Bool { points.contains(where: \.isFaster) }
    }

    /// What a classifier that makes no mistake would reach.
    public struct Ceiling: Codable, Sendable {
        /// l, counted from 1.
        public var skimLayer: Int
        /// k.
        public var keptFraction: Double
        /// The paper's prediction, equation 6.
        public var predictedSpeedup: Double
    }

    private let settings: Settings
    private let showProgress: @Sendable (String) -> Void
    /// How fast a way to skim is said to be, by its layers and thresholds; nil where it is measured.
    private let speeds: (@Sendable ([Int], [Double]) -> SpeedMeasurement)?

    /// - Parameters:
    ///   - settings: what is measured.
    ///   - showProgress: called with a text that replaces the one before.
    public init(_ settings: Settings, showProgress: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(settings, showProgress: showProgress, speeds: nil)
    }

    /// The same with speeds that are given, for tests.
    init(
        _ settings: Settings,
        showProgress: @escaping @Sendable (String) -> Void = { _ in },
        speeds: (@Sendable ([Int], [Double]) -> SpeedMeasurement)?
    ) {
        self.settings = settings
        self.showProgress = showProgress
        self.speeds = speeds
    }

    /// Measures, and writes frontier and choice into the model's `blockskim.json`.
    ///
    /// - Returns: all that was measured.
    /// - Throws: `blockSkim`, `questionAnswering`, `dataset`, `invalidSetting`, `evaluation`, `unwritable`.
    public func run() throws(TrainingError) -> Findings {
        guard settings.thresholds.allSatisfy({ (0...1).contains($0) }), !settings.thresholds.isEmpty else {
            throw .invalidSetting(
                name: "--thresholds",
                value: "\(settings.thresholds)",
                allowed: "numbers from 0 to 1"
            )
        }
        return try TrainingError.wrapping {
            let model = try QuestionAnsweringModel(
                directory: settings.model,
                precision: settings.precision,
                threads: settings.threads
            )
            try RunDirectory.checkWritable(settings.model)
            let layerCount = model.encoder.layerCount
            let layers =
                try settings.layers.isEmpty
                ? moduleLayers(of: model).map { [$0] } : settings.layers.map { $0.sorted() }
            let answerer = try QuestionAnswerer(model, options: ModelOptions(threads: settings.threads))
            let evaluation = ModelEvaluation(
                files: settings.dev,
                limit: settings.limit,
                windows: settings.windows
            )
            let sets = try evaluation.sets(answerer)
            let items = sets.flatMap(\.items)
            let clock = ContinuousClock()
            let start = clock.now
            var ways = layers.flatMap { layers in settings.thresholds.map { (layers, [$0]) } }
            ways += try cascades(of: Set(layers.joined()).sorted(), sets, evaluation, answerer)
            let dense = try evaluation.measure(sets, answerer, .dense)
            var points: [SkimFrontier.Point] = []
            for (index, (layers, thresholds)) in ways.enumerated() {
                let skimming = Skimming.adjusted(skimLayers: layers, skipThresholds: thresholds)
                let found = try evaluation.measure(sets, answerer, skimming)
                let speed =
                    try speeds?(layers, thresholds)
                    ?? SpeedMeasurement(of: skimming, items, answerer, evaluation)
                points.append(
                    SkimFrontier.Point(
                        skimLayers: layers,
                        skipThresholds: thresholds,
                        exactMatch: found.exactMatch,
                        f1: found.f1,
                        f1Loss: dense.f1 - found.f1,
                        keptFraction: found.kept.keptFraction,
                        answerBlockRecall: found.kept.answerBlockRecall,
                        predictedSpeedup: Double(layerCount * found.kept.allTokens)
                            / Double(max(found.layerTokens, 1)),
                        measuredSpeedup: speed.speedup,
                        measuredSpread: speed.spread
                    )
                )
                let left =
                    (clock.now - start) / .seconds(1) / Double(index + 1) * Double(ways.count - index - 1)
                showProgress(
                    "layer \(layers.layerText), threshold \(thresholds.thresholdText): \(index + 1)/\(ways.count),"
                        + " \(TimeText.text(seconds: left)) left"
                )
            }
            let frontier = SkimFrontier(
                questions: items.count,
                denseF1: dense.f1,
                measured: points
            )
            let chosen = choose(among: points)
            try CalibrationFile.change(inModel: settings.model) { object in
                object["calibration"] = try CalibrationFile.json(frontier)
                if let chosen {
                    object["skim_layers"] = chosen.skimLayers
                    object["skip_threshold"] = try CalibrationFile.json(chosen.skipThresholds)
                }
            }
            return Findings(
                precision: model.precision.rawValue,
                frontier: frontier,
                points: points,
                ceilings: try ceilings(items, answerer, layers: Set(layers.joined()).sorted()),
                chosen: chosen
            )
        }
    }

    /// The fastest way that loses little enough F1 and is faster than the dense encoder; not always one of the frontier.
    ///
    /// Of ways whose speeds differ by less than the spread of the fastest one's measurement, that which Eq. 6 says is fastest.
    func choose(among points: [SkimFrontier.Point]) -> SkimFrontier.Point? {
        let good = points.filter { $0.isFaster && $0.f1Loss <= settings.maximumF1Loss }
        guard let fastest = good.max(by: { $0.measuredSpeedup < $1.measuredSpeedup }) else { return nil }
        let least = fastest.measuredSpeedup - (fastest.measuredSpread ?? 0)
        return good.filter { $0.measuredSpeedup >= least }
            .max { ($0.predictedSpeedup, $0.measuredSpeedup) < ($1.predictedSpeedup, $1.measuredSpeedup) }
    }

    /// The layers whose Block Skim Module is in the checkpoint.
    private func moduleLayers(of model: QuestionAnsweringModel) throws -> [Int] {
        guard !model.moduleLayers.isEmpty else {
            throw TrainingError.unreadable(
                path: model.directory,
                reason: "it has no Block Skim Module. Train one with blockskim-train train"
            )
        }
        return model.moduleLayers
    }

    /// Cascades of some of the layers with a threshold for each, found from one pass over the questions.
    ///
    /// The encoder's last layer would have nothing to spare, and a single layer is measured at ``Settings/thresholds`` already.
    private func cascades(
        of layers: [Int],
        _ sets: [DevelopmentSet],
        _ evaluation: ModelEvaluation,
        _ answerer: QuestionAnswerer
    ) throws -> [(layers: [Int], thresholds: [Double])] {
        let layerCount = answerer.model.encoder.layerCount
        let layers = layers.filter { $0 < layerCount }
        guard settings.cascades > 0, layers.count > 1 else { return [] }
        showProgress("asking the classifiers of the layers \(layers.layerText)")
        let looking = Skimming.adjusted(skimLayers: layers, skipThresholds: [1])
        var traces: [RelevanceTrace] = []
        for set in sets {
            try evaluation.answer(set.items, set.rules, answerer, looking) { _, answered in
                if let answered { traces.append(RelevanceTrace(answered)) }
            }
        }
        showProgress("searching for cascades")
        let search = CascadeSearch(
            traces,
            layers: layers,
            layerCount: layerCount,
            minimumKeptBlocks: answerer.model.skimming?.policy.minimumKeptBlocks ?? 1
        )
        let found = search.run(count: settings.cascades)
        let safer = found.first.map { search.safer(than: $0, count: settings.cascades - found.count) } ?? []
        return (safer + found).map(\.cascade.skimming).filter { $0.layers.count > 1 }
    }

    /// The predicted speedup when exactly the blocks with an answer are kept, or the best one of a window without.
    private func ceilings(
        _ items: [DatasetAnswering.Item],
        _ answerer: QuestionAnswerer,
        layers: [Int]
    ) throws -> [Ceiling] {
        guard let first = layers.first else { return [] }
        let everything = Skimming.adjusted(skimLayers: [first], skipThresholds: [1])
        let evaluation = ModelEvaluation(files: [], windows: settings.windows)
        var (kept, all) = (0, 0)
        try evaluation.answer(items, .answerable, answerer, everything) { _, answered in
            for (result, answerPositions) in answered?.windows ?? [] {
                let blocks = result.trace.layers.flatMap(\.blocks)
                let held = blocks.filter { $0.positions.overlaps(answerPositions) }
                let needed = held.isEmpty ? blocks.prefix(1) : held[...]
                let passage = blocks.reduce(0) { $0 + $1.positions.count }
                all += result.trace.tokens
                kept += result.trace.tokens - passage + needed.reduce(0) { $0 + $1.positions.count }
            }
        }
        let fraction = Double(kept) / Double(max(all, 1))
        return layers.map {
            Ceiling(
                skimLayer: $0,
                keptFraction: fraction,
                predictedSpeedup: predictedSpeedup(
                    skimLayer: $0,
                    layerCount: answerer.model.encoder.layerCount,
                    keptFraction: fraction
                )
            )
        }
    }
}

extension [Double] {
    /// Thresholds as the command line writes them: `0.98`, or one for each layer, `0.9 0.985`.
    public var thresholdText: String { map { "\(($0 * 1e4).rounded() / 1e4)" }.joined(separator: " ") }
}

extension [Int] {
    /// Skim layers as the command line writes them: `3` or `3+4`.
    public var layerText: String { map(String.init).joined(separator: "+") }
}
