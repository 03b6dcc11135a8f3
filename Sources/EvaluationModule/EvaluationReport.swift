/// What an evaluation measured; encodes to the command line's JSON.
///
/// What a file of predictions does not tell is absent when one was scored: everything from ``reliability`` on.
public struct EvaluationReport: Codable, Equatable, Sendable {
    /// The mean over the questions of "the prediction equals a reference answer", times 100.
    public var exactMatch: Double
    /// The mean over the questions of the best F1 against a reference answer, times 100.
    public var f1: Double
    /// How many questions were scored, those without a prediction included.
    public var total: Int
    /// How many of them have no prediction; they score 0.
    public var missingPredictions: Int
    /// How many have no reference answer, where all should have one; they score 0.
    ///
    /// Absent where there are none.
    public var missingReferences: Int?

    /// Whose program the scores equal; absent when nobody said.
    public var rules: ScoringRules?

    /// SQuAD 2.0: over the questions that have an answer; absent where there are none.
    public var hasAnswer: AnswerScores?
    /// SQuAD 2.0: over the questions that have none; absent where there are none.
    public var noAnswer: AnswerScores?
    /// SQuAD 2.0: the best EM that a no-answer threshold gives.
    public var bestExactMatch: Squad2Scores.Best?
    /// SQuAD 2.0: the best F1 that a no-answer threshold gives.
    public var bestF1: Squad2Scores.Best?

    /// How far the confidence of the answers can be believed; absent where the model answered nothing.
    public var reliability: Reliability?

    /// The paper's k: kept tokens over all tokens of all windows, 0...1; 1 for a dense run.
    public var keptFraction: Double?
    /// The sum over the layers of the tokens that went through each, over that of a dense run; absent for a dense run.
    ///
    /// Second looks are part of it, so it can exceed 1.
    public var layerTokenFraction: Double?
    /// How often dropped blocks went on after all (``SkimPolicy/secondLookScore``); absent where none did.
    public var secondLooks: SecondLookCounts?
    /// Of the blocks that hold the answer, the share that was kept, 0...1; absent for a dense run.
    public var answerBlockRecall: Double?
    /// The block classifier of each skim layer, over the blocks that reached it; absent for a dense run.
    public var layers: [BlockClassifierScores]?
    /// What was read of the documents; absent where all of every document was.
    public var reading: ReadingCounts?
    /// The windows that were read.
    public var windows: Int?
    /// The tokens of the windows that were read.
    public var tokens: Int?
    /// How long answering took, tokenising included, loading not.
    public var seconds: Double?
    /// Questions a second.
    public var questionsPerSecond: Double?

    init(_ scores: AnswerScores, missingPredictions: Int) {
        exactMatch = scores.exactMatch
        f1 = scores.f1
        total = scores.total
        self.missingPredictions = missingPredictions
    }

    init(_ scores: Squad2Scores, missingPredictions: Int) {
        exactMatch = scores.exactMatch
        f1 = scores.f1
        total = scores.total
        self.missingPredictions = missingPredictions
        hasAnswer = scores.hasAnswer
        noAnswer = scores.noAnswer
        bestExactMatch = scores.bestExactMatch
        bestF1 = scores.bestF1
    }
}
