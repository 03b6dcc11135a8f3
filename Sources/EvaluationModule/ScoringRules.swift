import DatasetModule

/// Whose program scores are to equal.
public enum ScoringRules: String, Sendable, Codable {
    /// SQuAD 1.1's and MRQA's: every question has an answer.
    case answerable = "SQuAD 1.1"
    /// SQuAD 2.0's: some questions have none, and "" is right for those.
    case squad2 = "SQuAD 2.0"

    /// The rules that the data asks for: SQuAD 2.0's where questions are flagged (`is_impossible`), whatever the version says.
    public init(of reader: DatasetReader) {
        self = reader.hasImpossibleFlags ? .squad2 : .answerable
    }
}
