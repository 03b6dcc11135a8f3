/// EM and F1 of a set of questions, in percent.
public struct AnswerScores: Codable, Equatable, Sendable {
    /// The mean over the questions of "the prediction equals a reference answer", times 100.
    public var exactMatch: Double
    /// The mean over the questions of the best F1 against a reference answer, times 100.
    public var f1: Double
    /// How many questions were scored.
    public var total: Int

    /// Creates scores.
    public init(exactMatch: Double, f1: Double, total: Int) {
        self.exactMatch = exactMatch
        self.f1 = f1
        self.total = total
    }

    /// The mean of the F1 of several data sets, whatever their sizes: MRQA's headline; nil without data sets.
    public static func macroAverageF1(of scores: [AnswerScores]) -> Double? {
        scores.isEmpty ? nil : scores.reduce(0) { $0 + $1.f1 } / Double(scores.count)
    }
}
