import BlockSkimModule

/// What skimming kept over many windows, and how right the block classifier of each skim layer was.
///
/// All windows count, those without an answer too. A block counts as predicted relevant by
/// `SkimTrace.Block.isPredictedRelevant`, whatever the thresholds of the run.
public struct SkimStatistics {
    /// What was kept.
    public private(set) var kept = KeptCounts()
    private var classifiers: [Int: BlockClassifierCounts] = [:]

    /// Statistics of no windows.
    public init() {}

    /// Counts all windows of a question.
    public mutating func add(_ answered: AnsweredExample) {
        for (result, answerPositions) in answered.windows {
            add(result.trace, answerPositions: answerPositions)
        }
    }

    /// Counts one window.
    ///
    /// - Parameters:
    ///   - trace: What was decided about its blocks.
    ///   - answerPositions: Where the answer is in the window; empty where it is not.
    public mutating func add(_ trace: SkimTrace, answerPositions: Range<Int>) {
        for layer in trace.layers {
            for block in layer.blocks {
                classifiers[layer.skimLayer, default: BlockClassifierCounts()].add(
                    predictedRelevant: block.isPredictedRelevant,
                    holdsAnswer: block.positions.overlaps(answerPositions)
                )
            }
        }
        kept.add(trace, answerPositions: answerPositions)
    }

    /// The classifiers of the layers that any block reached, first to last.
    public var layers: [BlockClassifierScores] {
        classifiers.sorted { $0.key < $1.key }.map { $0.value.scores(layer: $0.key) }
    }
}
