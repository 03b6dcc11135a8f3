/// Where blocks start.
///
/// Deviation: the paper does not say; the authors' code counts blocks from position 0 and may drop question
/// tokens. Pinned by `BlockPartitionTests`.
public enum BlockLayout: String, Sendable, CaseIterable {
    /// The prefix is one always-kept segment; blocks tile the passage from its first token.
    case passageAligned = "passage_aligned"
    /// Blocks tile the window from position 0; those with any prefix token are always kept.
    case absolute
}

/// Which part of a layer's attention the Block Skim Module sees.
///
/// Deviation: the paper speaks of attention matrices, the authors' code uses the diagonal squares. Pinned by
/// `ReferenceBlockSkimModuleTests`.
public enum AttentionRegion: String, Sendable, CaseIterable {
    /// The whole map; a block pools its rows and columns over the prefix, itself and everything.
    case full
    /// The square in which a block attends to itself.
    case diagonal
}

/// What becomes of the tokens of a dropped block.
public enum SkippedPositions: String, Sendable, CaseIterable {
    /// Their hidden states of the skim layer go straight to the question-answering head, as in the paper.
    case forwarded
    /// They cannot be part of an answer.
    case excluded
}
