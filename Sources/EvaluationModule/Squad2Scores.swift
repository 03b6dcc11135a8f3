/// What the SQuAD 2.0 script reports, in percent.
public struct Squad2Scores: Codable, Equatable, Sendable {
    /// The best score that a threshold on the no-answer scores can give.
    public struct Best: Codable, Equatable, Sendable {
        /// The score with that threshold.
        public var score: Double
        /// Predictions with a higher no-answer score count as "no answer".
        public var threshold: Double
    }

    /// Over all questions (`exact`, `f1` of the script).
    public var exactMatch: Double
    /// Over all questions.
    public var f1: Double
    /// How many questions were scored.
    public var total: Int
    /// Over the questions that have an answer (`HasAns_…`); nil if there are none.
    public var hasAnswer: AnswerScores?
    /// Over the questions that have none (`NoAns_…`); nil if there are none.
    public var noAnswer: AnswerScores?
    /// `best_exact` and its threshold; nil without no-answer scores.
    public var bestExactMatch: Best?
    /// `best_f1` and its threshold; nil without no-answer scores.
    public var bestF1: Best?
}
