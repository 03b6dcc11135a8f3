/// How the blocks that go on after a skim layer are chosen.
package enum SkimPolicy: Sendable, Equatable {
    /// By the predicted probability of irrelevance, see ``BlockSelection``.
    case threshold(Double, minimumKeptBlocks: Int)
    /// Keeps the best blocks, as many as bring the kept share of the window's tokens closest to `keptFraction`. For
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
            // No probability is at most -1: nothing is kept but the best blocks. One of them can be the short last one, so
            // their number alone does not tell how many tokens they have.
            let selections = (1...max(1, partition.blockCount)).map {
                BlockSelection(logits: logits, threshold: -1, minimumKeptBlocks: $0)
            }
            func distance(_ selection: BlockSelection) -> Double {
                abs(Double(partition.keptPositions(selection).count) - keptFraction * Double(tokens))
            }
            return selections.dropFirst().reduce(selections[0]) { distance($1) < distance($0) ? $1 : $0 }
        }
    }
}
