/// What was kept where in one window.
public struct SkimTrace: Sendable, Equatable {
    /// What the Block Skim Module said about a block, and what came of it.
    public struct Block: Sendable, Equatable {
        /// The block's positions in the window.
        public var positions: Range<Int>
        /// The predicted probability that the block still matters, from 0 to 1.
        public var relevance: Float
        /// Whether its tokens go through the following layers.
        public var kept: Bool

        /// Whether the module calls the block relevant: that is at least as likely as not.
        ///
        /// The same as being kept with a threshold of one half.
        public var isPredictedRelevant: Bool { relevance >= 0.5 }
    }

    /// The decisions after one layer.
    public struct Layer: Sendable, Equatable {
        /// l, the skim layer, counted from 1.
        public var skimLayer: Int
        /// The blocks that reached the layer, first to last.
        ///
        /// What an earlier skim layer dropped is not here.
        public var blocks: [Block]
        /// The tokens that go through the following layers.
        public var keptTokens: Int
    }

    /// T, the tokens of the window.
    public var tokens: Int
    /// The skim layers, first to last.
    ///
    /// One that a stopped network did not reach is not here.
    public var layers: [Layer] = []

    /// k: the tokens that went through the layers after the last skim layer, over all tokens.
    ///
    /// 1 without skimming, 0 when the rest of the network was off.
    public var keptFraction: Double {
        tokens == 0 ? 1 : Double(layers.last?.keptTokens ?? tokens) / Double(tokens)
    }

    /// The sum over the layers of the tokens that go through each: what equation 6 counts, for any number of skim layers.
    ///
    /// - Parameter layerCount: L.
    /// - Returns: L · T without skimming.
    public func layerTokens(layerCount: Int) -> Int {
        var (sum, tokens, from) = (0, tokens, 0)
        for layer in layers {
            sum += tokens * (layer.skimLayer - from)
            (tokens, from) = (layer.keptTokens, layer.skimLayer)
        }
        return sum + tokens * (layerCount - from)
    }

    /// The positions of dropped blocks, ascending.
    ///
    /// The prefix is never among them.
    public var droppedPositions: [Range<Int>] {
        layers.flatMap(\.blocks).filter { !$0.kept }.map(\.positions).sorted { $0.lowerBound < $1.lowerBound }
    }
    /// The positions that went through all layers, ascending; the prefix is among them.
    public var keptPositions: [Int] {
        var positions: [Int] = []
        var start = 0
        for dropped in droppedPositions {
            positions += start..<dropped.lowerBound
            start = dropped.upperBound
        }
        return positions + (start..<tokens)
    }
}
