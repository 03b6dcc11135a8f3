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
    /// The maximum number of questions used of each data set; nil for all.
    var limit: Int?
    var windows: WindowSettings
    var threads: ThreadBudget = .physicalCores
    /// Called with the share that is done, from 0 to 1.
    var progress: (Double) -> Void = { _ in }

    /// One question with what it takes to score it.
    struct Item {
        var example: Example
        var document: ContextDocument
    }

    /// Scores the model dense, with the classifiers of the given layers looking on.
    ///
    /// Nothing is dropped: with a threshold of 1 every block is kept, and the answers are those of the dense model.
    ///
    /// - Parameters:
    ///   - directory: the exported model.
    ///   - layers: the layers with a Block Skim Module, counted from 1.
    /// - Returns: scores over all questions that could be asked.
    /// - Throws: `dataset`, `questionAnswering`, `evaluation`.
    func callAsFunction(model directory: String, layers: [Int]) throws(TrainingError) -> Scores {
        let skimming =
            layers.isEmpty
            ? ModelOptions.Skimming.dense : .adjusted(skimLayers: layers, skipThreshold: 1)
        return try TrainingError.wrapping {
            let answerer = try QuestionAnswerer(
                model: directory,
                options: ModelOptions(skimming: skimming, threads: threads)
            )
            let items = try items(answerer)
            let start = ContinuousClock().now
            var scores = AnswerScoreAccumulator()
            var counts: [Int: BlockClassifierCounts] = [:]
            var rankings: [Int: RelevanceRanking] = [:]
            try answer(items, answerer) { item, report in
                scores.add(item.example, prediction: report?.report.answers.first?.text)
                guard let report, let gold = item.example.answerRanges.first else { return }
                for window in report.windows {
                    let answer = window.positions(of: gold, in: item.document)
                    for layer in window.trace.layers {
                        var ranking = rankings.removeValue(forKey: layer.skimLayer) ?? RelevanceRanking()
                        let passage = layer.blocks.reduce(0) { $0 + $1.positions.count }
                        ranking.add(prefixTokens: window.trace.tokens - passage)
                        for block in layer.blocks {
                            let holdsAnswer = answer.map { $0.overlaps(block.positions) } ?? false
                            counts[layer.skimLayer, default: BlockClassifierCounts()].add(
                                predictedRelevant: block.relevance >= 0.5,
                                holdsAnswer: holdsAnswer
                            )
                            ranking.add(
                                relevance: block.relevance,
                                tokens: block.positions.count,
                                holdsAnswer: holdsAnswer
                            )
                        }
                        rankings[layer.skimLayer] = ranking
                    }
                }
            }
            let result = try scores.scores()
            let layers = counts.keys.sorted()
            return Scores(
                exactMatch: result.exactMatch,
                f1: result.f1,
                questions: result.total,
                blockClassifiers: layers.compactMap { counts[$0]?.scores(layer: $0) },
                cuts: layers.compactMap { rankings[$0]?.cut(recall: Self.recall, layer: $0) },
                seconds: (ContinuousClock().now - start) / .seconds(1)
            )
        }
    }

    /// The questions of all files, with their documents tokenised.
    func items(_ answerer: QuestionAnswerer) throws -> [Item] {
        var items: [Item] = []
        for file in files {
            let reader = try DatasetReader(path: file)
            var count = 0
            while count < limit ?? .max, let item = try reader.next() {
                guard case .passage(let passage) = item else { continue }
                let document = try answerer.document(passage.context)
                for example in passage.examples where count < limit ?? .max {
                    count += 1
                    items.append(Item(example: example, document: document))
                }
            }
        }
        return items
    }

    /// Answers all questions, a few at a time; a question that cannot be asked has no report.
    func answer(
        _ items: [Item],
        _ answerer: QuestionAnswerer,
        _ body: (Item, QuestionAnswerer.TracedReport?) -> Void
    ) throws {
        let settings = QuestionAnswerer.Settings(windows: windows)
        for start in stride(from: 0, to: items.count, by: 16) {
            let some = items[start..<min(start + 16, items.count)]
            let reports = try answerer.tracedAnswers(
                some.map { (question: $0.example.question, document: $0.document) },
                settings: settings
            )
            for (item, report) in zip(some, reports) { body(item, try? report.get()) }
            progress(Double(some.endIndex) / Double(items.count))
        }
    }
}

extension TrainingConfiguration {
    /// How documents are cut, in training and evaluation alike.
    var windowSettings: WindowSettings {
        WindowSettings(maximumLength: maximumLength, advance: .overlap(overlap))
    }
}
