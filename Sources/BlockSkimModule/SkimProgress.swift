/// Which tokens of a window are still in the network, while it goes through the layers.
package struct SkimProgress: Sendable {
    /// The window position of each row of the hidden states that are still in the network, ascending.
    package private(set) var positions: [Int]
    /// How those rows, counted from 0, are divided into prefix and blocks.
    package private(set) var partition: BlockPartition
    /// What was decided so far.
    package private(set) var trace: SkimTrace

    /// A window of which everything is still there.
    package init(partition: BlockPartition) {
        self.partition = partition
        positions = Array(0..<partition.tokens)
        trace = SkimTrace(tokens: partition.tokens)
    }

    /// Drops blocks after a layer.
    ///
    /// - Parameters:
    ///   - selection: a decision for each block of `partition`.
    ///   - skimLayer: the layer, counted from 1.
    /// - Returns: the rows to keep, ascending, counted as before the call. None when the network
    ///   stops; nothing may be dropped after that.
    package mutating func drop(by selection: BlockSelection, afterLayer skimLayer: Int) -> [Int] {
        let keptRows = selection.stopsNetwork ? [] : partition.keptPositions(selection)
        // A block's tokens are neighbours in the window too, since blocks are dropped whole.
        let blocks = partition.blocks.enumerated().map { blockIndex, rows in
            SkimTrace.Block(
                positions: positions[rows.lowerBound]..<positions[rows.upperBound - 1] + 1,
                relevance: selection.relevance[blockIndex],
                kept: selection.kept[blockIndex]
            )
        }
        trace.layers.append(
            SkimTrace.Layer(skimLayer: skimLayer, blocks: blocks, keptTokens: keptRows.count)
        )
        if !keptRows.isEmpty { partition = partition.keeping(selection) }
        positions = keptRows.map { positions[$0] }
        return keptRows
    }
}
