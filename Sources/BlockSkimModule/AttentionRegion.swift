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
