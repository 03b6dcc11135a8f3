/// How often the block classifier of a layer was right; "positive" is a block that holds answer tokens.
public struct BlockClassifierCounts: Codable, Equatable, Sendable {
    /// Blocks with an answer, predicted relevant.
    public var truePositive = 0
    /// Blocks without, predicted relevant.
    public var falsePositive = 0
    /// Blocks without, predicted irrelevant.
    public var trueNegative = 0
    /// Blocks with an answer, predicted irrelevant.
    public var falseNegative = 0

    /// Creates counts of no blocks.
    public init() {}

    /// Counts one block.
    ///
    /// - Parameters:
    ///   - predictedRelevant: what the classifier said.
    ///   - holdsAnswer: whether the block has an answer token.
    public mutating func add(predictedRelevant: Bool, holdsAnswer: Bool) {
        switch (predictedRelevant, holdsAnswer) {
        case (true, true): truePositive += 1
        case (true, false): falsePositive += 1
        case (false, false): trueNegative += 1
        case (false, true): falseNegative += 1
        }
    }

    /// Adds the counts of other blocks.
    public static func += (counts: inout BlockClassifierCounts, others: BlockClassifierCounts) {
        counts.truePositive += others.truePositive
        counts.falsePositive += others.falsePositive
        counts.trueNegative += others.trueNegative
        counts.falseNegative += others.falseNegative
    }

    /// Of the blocks predicted relevant, the share that holds an answer, 0...1; 0 when none was predicted.
    public var precision: Double { ratio(truePositive, truePositive + falsePositive) }

    /// Of the blocks that hold an answer, the share predicted relevant, 0...1; 0 when there are none.
    public var recall: Double { ratio(truePositive, truePositive + falseNegative) }

    /// The harmonic mean 2TP/(2TP+FP+FN), 0...1; 0 when there is nothing to find and nothing was predicted.
    public var f1: Double { ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative) }

    /// The figures as `evaluate` reports them.
    ///
    /// - Parameter layer: the layer behind which the classifier sits, 1-based.
    /// - Returns: precision, recall and F1 of the layer.
    public func scores(layer: Int) -> BlockClassifierScores {
        BlockClassifierScores(layer: layer, precision: precision, recall: recall, f1: f1)
    }
}

/// Precision, recall and F1 of the block classifier of one layer, 0...1.
public struct BlockClassifierScores: Codable, Equatable, Sendable {
    /// The layer behind which the classifier sits, 1-based.
    public var layer: Int
    /// See ``BlockClassifierCounts/precision``.
    public var precision: Double
    /// See ``BlockClassifierCounts/recall``.
    public var recall: Double
    /// See ``BlockClassifierCounts/f1``.
    public var f1: Double
}

/// A ratio of counts; 0 when the denominator is 0.
func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
}
