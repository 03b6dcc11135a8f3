import EvaluationModule
import Foundation
import TorchModule

/// The paper's first question: whether attention says where the answer is.
///
/// Section 3, Fig. 1: a logistic regression a layer, on the features of Eq. 2, predicts whether a block holds the
/// answer. The encoder is left as it is.
public struct FeasibilityStudy {
    /// What was found about one layer.
    public struct Layer: Codable, Sendable, Equatable {
        /// Counted from 1.
        public var layer: Int
        /// The share of blocks that were told right, from 0 to 1.
        public var accuracy: Double
        /// Of the blocks said to hold the answer, the share that do.
        public var precision: Double
        /// Of the blocks that hold the answer, the share that was found.
        public var recall: Double
        /// The harmonic mean of the two.
        public var f1: Double
    }

    /// All layers, and what they were measured on.
    public struct Findings: Codable, Sendable, Equatable {
        /// The blocks that were learnt from.
        public var trainingBlocks: Int
        /// The blocks that were measured.
        public var blocks: Int
        /// The share of them that hold the answer: what says "none does" is right about the others.
        public var answerShare: Double
        /// First to last.
        public var layers: [Layer]
    }

    private let configuration: TrainingConfiguration
    private let positiveWeight: Double
    private let showProgress: (String) -> Void

    /// - Parameters:
    ///   - configuration: model, data, caps, blocks, precision and device; nothing else of it counts.
    ///   - positiveWeight: how many times a block with the answer counts in the regression.
    ///   - showProgress: called with a text that replaces the one before.
    public init(
        _ configuration: TrainingConfiguration,
        positiveWeight: Double = 1,
        showProgress: @escaping (String) -> Void = { _ in }
    ) {
        var configuration = configuration
        configuration.classifier = .handCrafted
        configuration.augmentLayers = []
        self.configuration = configuration
        self.positiveWeight = positiveWeight
        self.showProgress = showProgress
    }

    /// Fits on the training data and measures on the development data.
    ///
    /// - Parameters:
    ///   - threads: how many threads are used.
    ///   - report: called with a line about each file.
    /// - Returns: the layers' scores.
    /// - Throws: any ``TrainingError``.
    public func run(threads: Int, report: @escaping (String) -> Void) throws(TrainingError) -> Findings {
        try configuration.device.check()
        for file in configuration.dev { try DevelopmentSet.check(file, limit: configuration.devLimit) }
        try TrainingError.wrapping { try Torch.setThreads(threads) }
        let model = try SkimmingModel(configuration)
        let training = try examples(configuration, model, report)
        var measuring = configuration
        measuring.train = configuration.dev
        measuring.caps = configuration.devLimit.map { [$0] } ?? []
        measuring.skippedQuestions = nil
        measuring.weights = []
        measuring.negativeWindows = nil
        measuring.windowsPerQuestion = nil
        let measured = try examples(measuring, model, report)
        var layers: [Layer] = []
        for layer in training.features.keys.sorted() {
            showProgress("fitting layer \(layer)")
            let probabilities = try TrainingError.wrapping {
                try LogisticRegression(
                    rows: training.features[layer] ?? [],
                    labels: training.labels,
                    positiveWeight: positiveWeight
                ).probabilities(measured.features[layer] ?? [])
            }
            var counts = BlockClassifierCounts()
            for (probability, label) in zip(probabilities, measured.labels) {
                counts.add(predictedRelevant: probability >= 0.5, holdsAnswer: label)
            }
            let right = Double(counts.truePositive + counts.trueNegative)
            layers.append(
                Layer(
                    layer: layer,
                    accuracy: right / Double(measured.labels.count),
                    precision: counts.precision,
                    recall: counts.recall,
                    f1: counts.f1
                )
            )
        }
        return Findings(
            trainingBlocks: training.labels.count,
            blocks: measured.labels.count,
            answerShare: Double(measured.labels.count { $0 }) / Double(measured.labels.count),
            layers: layers
        )
    }

    private struct Examples {
        var labels: [Bool] = []
        /// One row of features a block, for each layer.
        var features: [Int: [[Float]]] = [:]
    }

    private func examples(
        _ preparation: TrainingConfiguration,
        _ model: SkimmingModel,
        _ report: @escaping (String) -> Void
    ) throws(TrainingError) -> Examples {
        let windows = try WindowPreparation(
            configuration: preparation,
            encoder: model.encoder.configuration,
            report: report
        ).windows(cache: "", keeping: false)
        windows.table.lines.forEach(report)
        // By length, so that little is padded; the order does not matter.
        let order = windows.lengths.indices.sorted { windows.lengths[$0] < windows.lengths[$1] }
        var examples = Examples()
        for start in stride(from: 0, to: order.count, by: configuration.batchSize) {
            let some = order[start..<min(start + configuration.batchSize, order.count)]
            let batch = try TrainingError.wrapping {
                try WindowBatch(
                    some.map { windows[$0] },
                    encoder: model.encoder.configuration,
                    geometry: model.geometry,
                    on: configuration.device
                )
            }
            examples.labels += batch.blocks.map(\.holdsAnswer)
            for (layer, features) in try model.handCraftedFeatures(batch) {
                examples.features[layer, default: []] += features
            }
            showProgress("attention of \(some.endIndex) of \(order.count) windows")
        }
        guard !examples.labels.isEmpty else { throw .noWindows(files: preparation.train) }
        return examples
    }
}

extension SkimmingModel {
    /// The hand-crafted features of all blocks, for each layer, counted from 1.
    ///
    /// - Throws: `torch`.
    func handCraftedFeatures(_ batch: WindowBatch) throws(TrainingError) -> [Int: [[Float]]] {
        guard !batch.blocks.isEmpty else { return [:] }
        let device = configuration.device
        return try TrainingError.wrapping {
            try Torch.withoutRecording {
                let plan = try HandCraftedPlan(batch, on: device)
                var found: [Int: [[Float]]] = [:]
                func inPrecision<Result>(_ body: () throws -> Result) throws -> Result {
                    try Torch.withBFloat16(configuration.precision == .bf16, on: device, body)
                }
                var hidden = try inPrecision { try encoder.embed(batch, training: false) }
                let relative = try inPrecision { try encoder.relativePositions(batch) }
                for (layerIndex, layer) in encoder.layers.enumerated() {
                    let (next, attention) = try inPrecision {
                        try layer(hidden, valid: batch.valid, relative: relative, training: false)
                    }
                    hidden = next
                    // Means over attention in 32 bits, as Eq. 2 has them.
                    let features = try plan.features(attention).floats()
                    let width = features.count / batch.blocks.count
                    found[layerIndex + 1] = batch.blocks.indices.map {
                        Array(features[$0 * width..<($0 + 1) * width])
                    }
                }
                return found
            }
        }
    }
}
