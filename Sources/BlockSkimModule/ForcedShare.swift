/// Keeps a fixed share of each window's tokens after one layer: for benchmarks.
package struct ForcedShare: BlockChoice {
    package let layers: [Int]
    /// k, from 0 to 1.
    package let keptFraction: Double

    package init(keptFraction: Double, afterLayer layer: Int) {
        layers = [layer]
        self.keptFraction = keptFraction
    }

    /// Keeps the best blocks, as many as bring the kept share of the window's tokens closest to the wanted one.
    package func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?] {
        windows.map { $0.map(select) }
    }

    private func select(_ window: WindowRelevance) -> BlockSelection {
        // No probability is at most -1: nothing is kept but the best blocks. One of them can be the short last one, so
        // their number alone does not tell how many tokens they have.
        let selections = (1...max(1, window.partition.blockCount)).map {
            BlockSelection(logits: window.logits, threshold: -1, minimumKeptBlocks: $0)
        }
        func distance(_ selection: BlockSelection) -> Double {
            abs(
                Double(window.partition.keptPositions(selection).count) - keptFraction * Double(window.tokens)
            )
        }
        return selections.dropFirst().reduce(selections[0]) { distance($1) < distance($0) ? $1 : $0 }
    }
}
