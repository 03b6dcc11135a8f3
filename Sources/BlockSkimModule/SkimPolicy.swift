/// How the blocks that go on after a skim layer are chosen.
package enum SkimPolicy: Sendable, Equatable {
    /// By the predicted probability of irrelevance, see ``BlockSelection``.
    case threshold(Double, minimumKeptBlocks: Int)
    /// So many of the best blocks that the kept share of the window's tokens comes closest to the fraction. For
    /// benchmarks.
    case forced(keptFraction: Double)

    /// Chooses among the blocks that are still in the network.
    ///
    /// - Parameters:
    ///   - logits: `[blocks, 2]`; index 1 is "relevant".
    ///   - partition: How the tokens that are still in the network are divided into blocks.
    ///   - tokens: T, the tokens of the window at first.
    /// - Returns: A decision for each block of the partition.
    func select(logits: [Float], partition: BlockPartition, tokens: Int) -> BlockSelection {
        switch self {
        case .threshold(let threshold, let minimumKeptBlocks):
            return BlockSelection(logits: logits, threshold: threshold, minimumKeptBlocks: minimumKeptBlocks)
        case .forced(let keptFraction):
            let wanted = keptFraction * Double(tokens) - Double(partition.prefix.count)
            let count = Int((wanted / Double(partition.blockSize)).rounded())
            // No probability is at most -1: nothing is kept but the best blocks.
            return BlockSelection(
                logits: logits,
                threshold: -1,
                minimumKeptBlocks: min(max(count, 1), partition.blockCount)
            )
        }
    }
}
