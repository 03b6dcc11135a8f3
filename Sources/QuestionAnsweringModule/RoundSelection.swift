import BlockSkimModule

/// The choice among the blocks of all windows that one question reads in a round.
///
/// A block goes on when its window's policy keeps it. A window of which nothing is kept goes no further, but of a round at
/// least the policy's least number of blocks is kept. Text that lies in two overlapping windows goes on in both: with one copy
/// alone either window would end in the middle of the overlap, often beside the answer.
struct RoundSelection: BlockChoice {
    /// Thresholds, and how many blocks of a round are kept at least.
    let policy: SkimPolicy
    /// Which of them are read in one round by one question.
    let rounds: [Range<Int>]

    var layers: [Int] { policy.layers }

    func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?] {
        var perWindow = policy
        perWindow.minimumKeptBlocks = 0
        var selections = perWindow.select(windows, afterLayer: layer)
        for round in rounds { keepLeast(in: round, of: &selections, windows) }
        return selections
    }

    /// Adds the most relevant blocks of a round until there are enough.
    private func keepLeast(
        in round: Range<Int>,
        of selections: inout [BlockSelection?],
        _ relevance: [WindowRelevance?]
    ) {
        let missing = policy.minimumKeptBlocks - round.reduce(0) { $0 + (selections[$1]?.keptCount ?? 0) }
        guard missing > 0 else { return }
        let candidates = round.flatMap { window in
            (selections[window]?.kept ?? []).enumerated().filter { !$0.element }.map { blockIndex, _ in
                (
                    window: window, block: blockIndex,
                    margin: relevance[window]?.margin(ofBlock: blockIndex) ?? 0
                )
            }
        }
        let order = candidates.sorted {
            ($0.margin, $1.window, $1.block) > ($1.margin, $0.window, $0.block)
        }
        for candidate in order.prefix(missing) {
            guard let selection = selections[candidate.window] else { continue }
            var kept = selection.kept
            kept[candidate.block] = true
            selections[candidate.window] = BlockSelection(relevance: selection.relevance, kept: kept)
        }
    }
}

extension WindowRelevance {
    /// How much more relevant than irrelevant a block is, in logits.
    fileprivate func margin(ofBlock blockIndex: Int) -> Float {
        logits[2 * blockIndex + 1] - logits[2 * blockIndex]
    }
}
