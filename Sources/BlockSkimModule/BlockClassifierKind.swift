/// What predicts whether blocks still matter.
public enum BlockClassifierKind: String, Sendable, CaseIterable {
    /// The Block Skim Module.
    case module
    /// A linear layer on the hand-crafted features of Eq. 2, which the paper compares the module with.
    case handCrafted = "hand_crafted"
}
