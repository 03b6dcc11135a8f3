import BlockSkimModule
import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import TensorModule

/// Scores an exported model with the inference engine, so that what is measured is what a user gets.
struct ModelEvaluation {
    /// What was found.
    struct Scores: Codable, Equatable, Sendable {
        /// In percent, over the questions of all files.
        var exactMatch: Double
        /// In percent, over the questions of all files.
        var f1: Double
        /// The number of questions.
        var questions: Int
        /// The block classifiers, at a probability of one half.
        var blockClassifiers: [BlockClassifierScores]
        /// What would have to be kept after each of their layers to keep ``ModelEvaluation/recall`` of the answer blocks.
        var cuts: [RelevanceRanking.Cut]
        /// The wall-clock time, in seconds.
        var seconds: Double
    }

    /// The share of answer blocks that ``Scores/cuts`` keep.
    static let recall = 0.99

    /// The data sets.
    var files: [String]
    /// At most this many questions of each.
    var limit: Int?
    var windows: WindowSettings
    var threads: ThreadBudget = .physicalCores
    /// Called with the share that is done, from 0 to 1.
    var progress: (Double) -> Void = { _ in }
    /// Called with a line about each question that could not be answered.
    var report: (String) -> Void = { _ in }

    /// Scores the model dense, with the classifiers of the given layers looking on.
    ///
    /// Nothing is dropped: with a threshold of 1 every block is kept, and the answers are those of the dense model.
    ///
    /// - Parameters:
    ///   - directory: the exported model.
    ///   - layers: the layers with a Block Skim Module, counted from 1.
    /// - Returns: scores over all questions.
    /// - Throws: `dataset`, `questionAnswering`, `evaluation`.
    func callAsFunction(model directory: String, layers: [Int]) throws(TrainingError) -> Scores {
        try TrainingError.wrapping {
            let answerer = try QuestionAnswerer(model: directory, options: ModelOptions(threads: threads))
            let items = try items(answerer)
            let start = ContinuousClock().now
            var scores = AnswerScoreAccumulator()
            var statistics = SkimStatistics()
            var rankings: [Int: RelevanceRanking] = [:]
            let skimming =
                layers.isEmpty ? Skimming.dense : .adjusted(skimLayers: layers, skipThresholds: [1])
            try answer(items, answerer, skimming) { example, answered in
                scores.add(example, prediction: answered?.prediction)
                guard let answered else { return }
                statistics.add(answered)
                for (result, answerPositions) in answered.windows {
                    for layer in result.trace.layers {
                        rankings[layer.skimLayer, default: RelevanceRanking()].add(
                            layer,
                            of: result.trace,
                            answerPositions: answerPositions
                        )
                    }
                }
            }
            let result = try scores.scores()
            return Scores(
                exactMatch: result.exactMatch,
                f1: result.f1,
                questions: result.total,
                blockClassifiers: statistics.layers,
                cuts: rankings.sorted { $0.key < $1.key }.compactMap {
                    $0.value.cut(recall: Self.recall, layer: $0.key)
                },
                seconds: (ContinuousClock().now - start) / .seconds(1)
            )
        }
    }

    /// How good one way to run a model is.
    struct Measured {
        var scores: AnswerScores
        var kept: KeptCounts
        /// `SkimTrace.layerTokens(layerCount:)` of all windows.
        var layerTokens: Int
    }

    /// Scores one way to run a model.
    ///
    /// - Parameters:
    ///   - items: what is asked.
    ///   - answerer: the model.
    ///   - skimming: how it drops blocks.
    /// - Returns: its scores, and what it kept.
    /// - Throws: `questionAnswering`, `evaluation`.
    func measure(
        _ items: [DatasetAnswering.Item],
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming
    ) throws -> Measured {
        var scores = AnswerScoreAccumulator()
        var statistics = SkimStatistics()
        var layerTokens = 0
        try answer(items, answerer, skimming) { example, answered in
            scores.add(example, prediction: answered?.prediction)
            guard let answered else { return }
            statistics.add(answered)
            for (result, _) in answered.windows {
                layerTokens += result.trace.layerTokens(layerCount: answerer.model.encoder.layerCount)
            }
        }
        return Measured(scores: try scores.scores(), kept: statistics.kept, layerTokens: layerTokens)
    }

    /// The questions of all files, with their documents tokenised.
    func items(_ answerer: QuestionAnswerer) throws -> [DatasetAnswering.Item] {
        let answering = answering(answerer, .dense)
        return try files.flatMap { file in
            try answering.items(DatasetReader(path: file)) { report("\($0)") }
        }
    }

    /// Answers questions; one that cannot be answered is reported, and handed on without an answer.
    func answer(
        _ items: [DatasetAnswering.Item],
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming,
        _ body: (Example, AnsweredExample?) -> Void
    ) throws {
        var finished = 0
        try answering(answerer, skimming).answer(items) { event in
            switch event {
            case .answered(let answered): body(answered.example, answered)
            case .failed(let example, let error):
                report("question \(example.id): \(error); it counts as wrong")
                body(example, nil)
            case .issue(let issue): report("\(issue)")
            }
            finished += 1
            progress(Double(finished) / Double(items.count))
        }
    }

    private func answering(_ answerer: QuestionAnswerer, _ skimming: Skimming) -> DatasetAnswering {
        DatasetAnswering(
            answerer: answerer,
            settings: QuestionAnswerer.Settings(windows: windows, skimming: skimming),
            limit: limit
        )
    }
}

extension TrainingConfiguration {
    /// How documents are cut, in training and evaluation alike.
    var windowSettings: WindowSettings {
        WindowSettings(maximumLength: maximumLength, advance: .overlap(overlap))
    }
}
