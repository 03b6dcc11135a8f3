import BlockSkimModule

/// What skimming kept over many windows, and how right the block classifier of each skim layer was.
struct SkimStatistics {
    private(set) var kept = KeptCounts()
    private var classifiers: [Int: BlockClassifierCounts] = [:]

    /// A block counts as predicted relevant when that is likelier than not, whatever the threshold of the run.
    private static let relevant: Float = 0.5

    /// Counts one window.
    ///
    /// - Parameters:
    ///   - trace: What was decided about its blocks.
    ///   - answerPositions: Where the answer is in the window; empty where it is not.
    mutating func add(_ trace: SkimTrace, answerPositions: Range<Int>) {
        for layer in trace.layers {
            for block in layer.blocks {
                classifiers[layer.skimLayer, default: BlockClassifierCounts()].add(
                    predictedRelevant: block.relevance > Self.relevant,
                    holdsAnswer: block.positions.overlaps(answerPositions)
                )
            }
        }
        kept.add(trace, answerPositions: answerPositions)
    }

    /// The classifiers of the layers that any block reached, first to last.
    var layers: [BlockClassifierScores] {
        classifiers.sorted { $0.key < $1.key }.map { $0.value.scores(layer: $0.key) }
    }
}
