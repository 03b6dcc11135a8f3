/// Who decides which blocks go on after a skim layer.
///
/// Stands outside the encoder, and sees all windows of a pass at once. The paper's choice is ``SkimPolicy``.
package protocol BlockChoice: Sendable {
    /// The layers after which blocks are dropped, counted from 1, ascending.
    var layers: [Int] { get }

    /// Chooses among the blocks that are still in the network.
    ///
    /// - Parameters:
    ///   - windows: What the Block Skim Module says of each window of the pass; nil for one that goes through no further
    ///     layer.
    ///   - layer: The skim layer, counted from 1.
    /// - Returns: For each window a decision for each of its blocks; nil where there was nothing to decide.
    func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?]
}

/// What the Block Skim Module says of one window.
package struct WindowRelevance: Sendable {
    /// `[blocks, 2]`; index 1 is "relevant".
    package let logits: [Float]
    /// How the tokens that are still in the network are divided into blocks.
    package let partition: BlockPartition
    /// T, the tokens of the window at first.
    package let tokens: Int
}
