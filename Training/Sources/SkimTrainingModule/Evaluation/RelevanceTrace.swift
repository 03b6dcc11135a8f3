import BlockSkimModule
import EvaluationModule

/// What the block classifiers of several layers said of a question in a pass that dropped nothing, and what it answered.
///
/// From it follows, without another pass, what dropping blocks would have cost. It is an estimate: later layers are asked of
/// tokens whose neighbours were dropped, and answer a little differently.
struct RelevanceTrace {
    /// A window of the question.
    struct Window {
        /// Question and special tokens, which are never dropped.
        var prefixTokens: Int
        /// The tokens of each block.
        var blockTokens: [Int]
        /// P(irrelevant) of each block, one list a layer.
        var irrelevance: [[Double]]
    }

    /// A text that could be the answer.
    struct Candidate {
        /// From 0 to 1.
        var f1: Double
        /// The windows that hold it, each with the blocks that it touches; none for "no answer", which cannot be dropped.
        var places: [(window: Int, blocks: Range<Int>)]
    }

    /// In the order of the text.
    var windows: [Window]
    /// Best first.
    var candidates: [Candidate]

    init(windows: [Window], candidates: [Candidate]) {
        self.windows = windows
        self.candidates = candidates
    }

    /// - Parameter answered: A question that was answered with nothing dropped, by a model whose classifiers looked on.
    init(_ answered: AnsweredExample) {
        let traces = answered.windows.map(\.result.trace)
        windows = traces.map { trace in
            let blocks = trace.layers.first?.blocks ?? []
            let tokens = blocks.map(\.positions.count)
            return Window(
                prefixTokens: trace.tokens - tokens.reduce(0, +),
                blockTokens: tokens,
                irrelevance: trace.layers.map { $0.blocks.map { 1 - Double($0.relevance) } }
            )
        }
        guard !answered.prediction.isEmpty else {
            candidates = [Candidate(f1: answered.example.f1(""), places: [])]
            return
        }
        candidates = answered.nBest.filter { !$0.text.isEmpty }.map { candidate in
            let places = answered.places(of: candidate).map { window, positions in
                let blocks = traces[window].layers.first?.blocks ?? []
                let touched = blocks.indices.filter { blocks[$0].positions.overlaps(positions) }
                return (window, (touched.first ?? 0)..<(touched.last.map { $0 + 1 } ?? 0))
            }
            return Candidate(f1: answered.example.f1(candidate.text), places: places)
        }
    }

    /// What a cascade makes of it.
    ///
    /// - Parameter cascade: The thresholds.
    /// - Returns: F1 from 0 to 1 of the best candidate that is left, and the sum over the layers of the tokens that go through each.
    func outcome(_ cascade: Cascade) -> (f1: Double, layerTokens: Int) {
        var layerTokens = 0
        let kept = windows.map { window in
            var kept = [Bool](repeating: true, count: window.blockTokens.count)
            var (tokens, from) = (window.prefixTokens + window.blockTokens.reduce(0, +), 0)
            for (index, layer) in cascade.layers.enumerated() where cascade.thresholds[index] < 1 {
                layerTokens += tokens * (layer - from)
                from = layer
                window.drop(
                    from: &kept,
                    layer: index,
                    threshold: cascade.thresholds[index],
                    minimum: cascade.minimumKeptBlocks
                )
                tokens = window.prefixTokens
                for (block, count) in window.blockTokens.enumerated() where kept[block] { tokens += count }
            }
            layerTokens += tokens * (cascade.layerCount - from)
            return kept
        }
        let left = candidates.first { candidate in
            candidate.places.isEmpty
                || candidate.places.contains { place in place.blocks.allSatisfy { kept[place.window][$0] } }
        }
        return (left?.f1 ?? 0, layerTokens)
    }
}

extension RelevanceTrace.Window {
    /// Drops blocks as ``SkimPolicy`` does.
    fileprivate func drop(from kept: inout [Bool], layer: Int, threshold: Double, minimum: Int) {
        let values = irrelevance[layer]
        let before = kept
        for block in kept.indices where values[block] > threshold { kept[block] = false }
        guard minimum > 0 else { return }
        var count = kept.count(where: \.self)
        guard count < minimum else { return }
        for block in before.indices.filter({ before[$0] }).sorted(by: { values[$0] < values[$1] })
        where count < minimum && !kept[block] {
            kept[block] = true
            count += 1
        }
    }
}
