/// What becomes of the tokens of a dropped block.
public enum SkippedPositions: String, Sendable, CaseIterable, Codable {
    /// Their hidden states of the skim layer go straight to the question-answering head, as in the paper.
    case forwarded
    /// They cannot be part of an answer.
    case excluded
}
