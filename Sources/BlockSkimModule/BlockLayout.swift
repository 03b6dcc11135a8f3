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
