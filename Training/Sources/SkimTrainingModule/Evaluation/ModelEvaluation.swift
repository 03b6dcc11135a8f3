import BlockSkimModule
import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule
import TensorModule
import TerminalModule

/// Scores an exported model with the inference engine, so that what is measured is what a user gets.
struct ModelEvaluation {
    /// What was found.
    struct Scores: Codable, Equatable, Sendable {
        /// In percent, the mean over the files.
        var exactMatch: Double
        /// In percent, the mean over the files.
        var f1: Double
        /// The number of questions.
        var questions: Int
        /// What each file has by itself.
        var files: [FileScores]
        /// L_QA of the windows that hold their answer whole or not at all, or of the questions; the mean over all files.
        var loss: Double?
        /// The same questions as the exported model skims; nil where it does not.
        var skimmed: Skimmed?
        /// The block classifiers, at a probability of one half.
        var blockClassifiers: [BlockClassifierScores]
        /// What would have to be kept after each of their layers to keep ``ModelEvaluation/recall`` of the answer blocks.
        var cuts: [RelevanceRanking.Cut]
        /// The wall-clock time, in seconds.
        var seconds: Double
    }

    /// What one file has.
    struct FileScores: Codable, Equatable, Sendable {
        var file: String
        /// Whose program the scores equal.
        var rules: ScoringRules
        var exactMatch: Double
        var f1: Double
        var questions: Int
    }

    /// What skimming makes of the scores.
    struct Skimmed: Codable, Equatable, Sendable {
        var exactMatch: Double
        var f1: Double
        /// k, the tokens kept over all tokens of the windows.
        var keptFraction: Double
        /// The share of answer blocks that were kept.
        var answerBlockRecall: Double
    }

    /// The share of answer blocks that ``Scores/cuts`` keep.
    static let recall = 0.99

    /// The data sets.
    var files: [String]
    /// At most this many questions of each.
    var limit: Int?
    var windows: WindowSettings
    /// How much of a document is read.
    var reading = Reading.all
    /// Over which positions ``Scores/loss`` normalises.
    var normalization = SpanNormalization.window
    var threads: ThreadBudget = .physicalCores
    /// Called with the share that is done, from 0 to 1.
    var progress: (Double) -> Void = { _ in }
    /// Asked after every question whether to give up.
    var isInterrupted: () -> Bool = { false }
    /// Called with a line about each question that could not be answered.
    var report: (String) -> Void = { _ in }
    /// Called with each dense answer and the number of its file.
    var record: (_ file: Int, _ id: String, _ prediction: String) -> Void = { _, _, _ in }

    /// Scores the model dense, with the classifiers of the given layers looking on, and then as it skims.
    ///
    /// Nothing is dropped in the first pass: with a threshold of 1 every block is kept, and the answers are those of the
    /// dense model.
    ///
    /// - Parameters:
    ///   - directory: the exported model.
    ///   - layers: the layers with a Block Skim Module, counted from 1; none for a model that does not skim.
    /// - Returns: scores over all questions; nil when it was interrupted.
    /// - Throws: `dataset`, `questionAnswering`, `evaluation`.
    func callAsFunction(model directory: String, layers: [Int]) throws(TrainingError) -> Scores? {
        try TrainingError.wrapping {
            let answerer = try QuestionAnswerer(model: directory, options: ModelOptions(threads: threads))
            let sets = try sets(answerer)
            let start = ContinuousClock().now
            var statistics = SkimStatistics()
            var rankings: [Int: RelevanceRanking] = [:]
            var loss = SpanLossMean(normalization)
            let looking = layers.isEmpty ? Skimming.dense : .adjusted(skimLayers: layers, skipThresholds: [1])
            do {
                let dense = try score(sets, answerer, looking) { file, answered in
                    record(file, answered.example.id, answered.prediction)
                    statistics.add(answered)
                    loss.add(answered)
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
                let skimmed = layers.isEmpty ? nil : try measure(sets, answerer, .asConfigured)
                return Scores(
                    exactMatch: dense.mean(\.exactMatch),
                    f1: dense.mean(\.f1),
                    questions: dense.reduce(0) { $0 + $1.questions },
                    files: dense,
                    loss: loss.value,
                    skimmed: skimmed.map {
                        Skimmed(
                            exactMatch: $0.exactMatch,
                            f1: $0.f1,
                            keptFraction: $0.kept.keptFraction,
                            answerBlockRecall: $0.kept.answerBlockRecall
                        )
                    },
                    blockClassifiers: statistics.layers,
                    cuts: rankings.sorted { $0.key < $1.key }.compactMap {
                        $0.value.cut(recall: Self.recall, layer: $0.key)
                    },
                    seconds: (ContinuousClock().now - start) / .seconds(1)
                )
            } catch is Interruption {
                return nil
            }
        }
    }

    /// How good one way to run a model is.
    struct Measured {
        /// In percent, the mean over the files.
        var exactMatch: Double
        /// In percent, the mean over the files.
        var f1: Double
        var kept: KeptCounts
        /// `WindowResult.layerTokens` of all windows.
        var layerTokens: Int
    }

    /// Scores one way to run a model.
    ///
    /// - Parameters:
    ///   - sets: what is asked.
    ///   - answerer: the model.
    ///   - skimming: how it drops blocks.
    /// - Returns: its scores, and what it kept.
    /// - Throws: `questionAnswering`, `evaluation`.
    func measure(
        _ sets: [DevelopmentSet],
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming
    ) throws -> Measured {
        var statistics = SkimStatistics()
        var layerTokens = 0
        let scores = try score(sets, answerer, skimming) { _, answered in
            statistics.add(answered)
            for (result, _) in answered.windows {
                layerTokens += result.layerTokens
            }
        }
        return Measured(
            exactMatch: scores.mean(\.exactMatch),
            f1: scores.mean(\.f1),
            kept: statistics.kept,
            layerTokens: layerTokens
        )
    }

    /// The scores of each file, by the rules that it asks for.
    private func score(
        _ sets: [DevelopmentSet],
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming,
        _ look: (_ file: Int, AnsweredExample) -> Void
    ) throws -> [FileScores] {
        let all = sets.reduce(0) { $0 + $1.items.count }
        var finished = 0
        return try sets.enumerated().map { index, set in
            var evaluation = Evaluation(rules: set.rules)
            try answer(set.items, set.rules, answerer, skimming) { example, answered in
                finished += 1
                progress(Double(finished) / Double(all))
                guard let answered else { return evaluation.add(example, prediction: nil) }
                evaluation.add(answered)
                look(index, answered)
            }
            let found = try evaluation.report()
            return FileScores(
                file: set.file,
                rules: set.rules,
                exactMatch: found.exactMatch,
                f1: found.f1,
                questions: found.total
            )
        }
    }

    /// The questions of all files, with their documents tokenised.
    func sets(_ answerer: QuestionAnswerer) throws -> [DevelopmentSet] {
        try files.map { file in
            try DataFile.check(file)
            let reader = try DatasetReader(path: file)
            let rules = ScoringRules(of: reader)
            let faults = FaultList(report: report)
            defer { faults.finish() }
            return DevelopmentSet(
                file: file,
                rules: rules,
                items: try answering(answerer, .dense, rules).items(reader) {
                    faults.add("\($0)", kind: $0.kind)
                }
            )
        }
    }

    /// Answers questions; one that cannot be answered is reported, and handed on without an answer.
    func answer(
        _ items: [DatasetAnswering.Item],
        _ rules: ScoringRules,
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming,
        _ body: (Example, AnsweredExample?) -> Void
    ) throws {
        try answering(answerer, skimming, rules).answer(items) { event in
            switch event {
            case .answered(let answered): body(answered.example, answered)
            case .failed(let example, let error):
                report("question \(example.id): \(error); it counts as wrong")
                body(example, nil)
            case .issue(let issue): report("\(issue)")
            }
            if isInterrupted() { throw Interruption() }
        }
    }

    /// Why an evaluation ended before its end.
    private struct Interruption: Error {}

    private func answering(
        _ answerer: QuestionAnswerer,
        _ skimming: Skimming,
        _ rules: ScoringRules
    ) -> DatasetAnswering {
        DatasetAnswering(
            answerer: answerer,
            settings: QuestionAnswerer.Settings(
                windows: windows,
                decoding: DecodingSettings(noAnswer: rules == .squad2 ? .above(threshold: 0) : .never),
                skimming: skimming,
                reading: reading
            ),
            limit: limit
        )
    }
}

extension [ModelEvaluation.FileScores] {
    /// The mean over the files.
    fileprivate func mean(_ value: KeyPath<Element, Double>) -> Double {
        reduce(0) { $0 + $1[keyPath: value] } / Double(Swift.max(count, 1))
    }
}

extension TrainingConfiguration {
    /// How documents are cut, in training and evaluation alike.
    var windowSettings: WindowSettings {
        WindowSettings(maximumLength: maximumLength, advance: .overlap(overlap))
    }
}
