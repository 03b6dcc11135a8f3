import BlockSkimModule

/// The blocks of a layer by predicted relevance: what has to be kept to lose few of those that hold an answer.
struct RelevanceRanking {
    /// The best that one threshold does after a layer.
    struct Cut: Codable, Equatable, Sendable {
        /// l, counted from 1.
        var layer: Int
        /// τ: blocks whose probability of irrelevance exceeds it are dropped.
        var skipThreshold: Double
        /// k, the tokens kept over all tokens of the windows, the prefixes counted in both.
        var keptFraction: Double
    }

    private var blocks: [(relevance: Float, tokens: Int, holdsAnswer: Bool)] = []
    private var prefixTokens = 0

    /// Counts what a layer's classifier said of a window.
    ///
    /// - Parameters:
    ///   - layer: the layer's decisions.
    ///   - trace: what was kept of the window.
    ///   - answerPositions: where the answer is in it; empty where it is not.
    mutating func add(_ layer: SkimTrace.Layer, of trace: SkimTrace, answerPositions: Range<Int>) {
        add(prefixTokens: trace.tokens - layer.blocks.reduce(0) { $0 + $1.positions.count })
        for block in layer.blocks {
            add(
                relevance: block.relevance,
                tokens: block.positions.count,
                holdsAnswer: block.positions.overlaps(answerPositions)
            )
        }
    }

    /// Counts the prefix of a window.
    mutating func add(prefixTokens: Int) { self.prefixTokens += prefixTokens }

    /// Counts a block of a window.
    ///
    /// - Parameters:
    ///   - relevance: what the classifier said.
    ///   - tokens: the block's length.
    ///   - holdsAnswer: whether it has an answer token.
    mutating func add(relevance: Float, tokens: Int, holdsAnswer: Bool) {
        blocks.append((relevance, tokens, holdsAnswer))
    }

    /// The lowest threshold that keeps a share of the blocks with an answer, were it the only rule.
    ///
    /// - Parameters:
    ///   - recall: the share, above 0 and up to 1.
    ///   - layer: l, counted from 1.
    /// - Returns: nil when no block holds an answer.
    func cut(recall: Double, layer: Int) -> Cut? {
        let answers = blocks.filter(\.holdsAnswer).map(\.relevance).sorted(by: >)
        guard let last = answers.prefix(Int((recall * Double(answers.count)).rounded(.up))).last else {
            return nil
        }
        let (kept, all) = blocks.reduce(into: (prefixTokens, prefixTokens)) { sums, block in
            sums.1 += block.tokens
            if block.relevance >= last { sums.0 += block.tokens }
        }
        return Cut(layer: layer, skipThreshold: 1 - Double(last), keptFraction: Double(kept) / Double(all))
    }
}
