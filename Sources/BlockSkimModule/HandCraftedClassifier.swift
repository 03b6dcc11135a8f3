import EncoderModule
import TensorModule

/// A linear layer on hand-crafted features of a block's attention, six of each head.
///
/// Section 3, Eq. 2; Table 2, id 4. The features are how much the block's tokens attend to the question, to `[CLS]` and to the
/// separators, a mean over its tokens, and how much its tokens are attended to by each of them, a mean over theirs. Computes
/// what ``ReferenceHandCraftedClassifier`` specifies; pinned by `HandCraftedClassifierTests`.
struct HandCraftedClassifier: Sendable {
    private let linear: LinearWeights
    private let heads: Int

    /// - Parameter linear: `[2, 6 · heads]`; output 1 is "relevant".
    init(_ linear: LinearWeights) {
        heads = linear.inputs / HandCraftedFeatures.perHead
        self.linear = linear
    }

    /// Predicts whether blocks still matter.
    ///
    /// - Parameters:
    ///   - attention: `[heads, tokens, tokens]`, after softmax; row = attending token.
    ///   - partition: How the tokens are divided into blocks.
    ///   - separatorCount: The separators between question and passage.
    ///   - team: Who does the work.
    /// - Returns: The logits, `[blocks, 2]`.
    func callAsFunction(
        _ attention: UnsafePointer<Float>,
        _ partition: BlockPartition,
        separatorCount: Int,
        on team: ThreadTeam
    ) -> [Float] {
        let (tokens, blocks) = (partition.tokens, partition.blocks)
        let width = HandCraftedFeatures.perHead * heads
        let targets = HandCraftedFeatures.targets(in: partition, separatorCount: separatorCount)
        var features = [Float](repeating: 0, count: blocks.count * width)  // [blocks, features, heads]
        features.withUnsafeMutableBufferPointer { features in
            team.run { worker in
                for head in team.share(of: heads, for: worker) {
                    let map = attention + head * tokens * tokens
                    for (kind, members) in targets.enumerated() where !members.isEmpty {
                        for (blockIndex, block) in blocks.enumerated() {
                            var (outgoing, incoming): (Float, Float) = (0, 0)
                            for token in block {
                                for member in members { outgoing += map[token * tokens + member] }
                            }
                            for member in members {
                                for token in block { incoming += map[member * tokens + token] }
                            }
                            let place = blockIndex * width + kind * heads + head
                            features[place] = outgoing / Float(block.count)
                            features[place + targets.count * heads] = incoming / Float(members.count)
                        }
                    }
                }
            }
        }
        return blocks.indices.flatMap { blockIndex in
            let own = Array(features[blockIndex * width..<(blockIndex + 1) * width])
            return (0..<2).map { linear.output($0, of: own) }
        }
    }
}

/// What the hand-crafted features are about.
enum HandCraftedFeatures {
    /// The features of a block, a head.
    static let perHead = 6

    /// The positions of the question, of `[CLS]` and of the separators.
    ///
    /// The last token of the window counts as a separator. In a cascade that is the last one that earlier layers left.
    static func targets(in partition: BlockPartition, separatorCount: Int) -> [[Int]] {
        let separators = max(0, partition.prefixLength - separatorCount)..<partition.prefixLength
        return [
            Array(1..<max(1, separators.lowerBound)), [0], Array(separators) + [partition.tokens - 1],
        ]
    }
}
