import BlockSkimModule
import EncoderModule

/// The choice among the blocks of all windows that one question reads in a round.
///
/// A block goes on when its window's policy keeps it. Of two overlapping windows that would both keep a part of the text, the
/// one with more context on its shorter side goes on with it. A window of which nothing is kept goes no further, but of a round
/// at least the policy's least number of blocks is kept.
struct RoundSelection: BlockChoice {
    /// Thresholds, and how many blocks of a round are kept at least.
    let policy: SkimPolicy
    /// The windows of the pass.
    let windows: [ContextWindow]
    /// Which of them are read in one round by one question.
    let rounds: [Range<Int>]

    var layers: [Int] { policy.layers }

    func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?] {
        var perWindow = policy
        perWindow.minimumKeptBlocks = 0
        var selections = perWindow.select(windows, afterLayer: layer)
        for round in rounds {
            // Behind the first skim layer blocks are no longer where the window has them, and copies are gone.
            if layer == layers.first { dropCopies(in: round, of: &selections, windows) }
            keepLeast(in: round, of: &selections, windows)
        }
        return selections
    }

    /// Drops what another window of the round keeps too and sees more around.
    private func dropCopies(
        in round: Range<Int>,
        of selections: inout [BlockSelection?],
        _ relevance: [WindowRelevance?]
    ) {
        let before = selections
        for window in round {
            guard let selection = before[window], let partition = relevance[window]?.partition else {
                continue
            }
            var kept = selection.kept
            for (blockIndex, block) in partition.blocks.enumerated() where kept[blockIndex] {
                let held = block.clamped(to: windows[window].contextPositions)
                guard !held.isEmpty else { continue }
                let token = windows[window].contextToken(atPosition: (held.lowerBound + held.upperBound) / 2)
                let own = margin(ofToken: token, in: window)
                kept[blockIndex] = !round.contains { other in
                    guard other != window, windows[other].contextTokens.contains(token),
                        let otherBlocks = relevance[other]?.partition.blocks, let copies = before[other]
                    else { return false }
                    let position = windows[other].position(ofContextToken: token)
                    let isKept = zip(otherBlocks, copies.kept).contains { $0.contains(position) && $1 }
                    return isKept && (margin(ofToken: token, in: other), window) > (own, other)
                }
            }
            selections[window] = BlockSelection(relevance: selection.relevance, kept: kept)
        }
    }

    /// How many tokens of the text a window holds on the shorter side of a token.
    private func margin(ofToken token: Int, in window: Int) -> Int {
        let held = windows[window].contextTokens
        return min(token - held.lowerBound, held.upperBound - 1 - token)
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
