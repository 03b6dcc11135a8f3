import DatasetModule
import QuestionAnsweringModule

/// Scores the answers to a data set: as SQuAD 2.0's program does, or as SQuAD 1.1's and MRQA's do.
///
/// Questions must be added in the order of the file to give the last digit of the official programs.
public struct Evaluation {
    // One of the two.
    private var answerable: AnswerScoreAccumulator?
    private var squad2: Squad2ScoreAccumulator?
    private let noAnswerThreshold: Double
    /// Nil until a model answered, unless they came from elsewhere.
    private var noAnswerScores: NoAnswerScores?
    /// Whether the scores are probabilities, not logits.
    private let isCalibrated: Bool
    private var judged: [JudgedAnswer] = []
    private var statistics = SkimStatistics()
    private var reading = ReadingCounts()
    private var layerTokens = LayerTokenCounts()
    private var answeredCount = 0
    private var elapsed = Duration.zero

    /// - Parameters:
    ///   - rules: Whose program the scores are to equal.
    ///   - noAnswerThreshold: By how many logits no answer must be ahead to be the answer; used for SQuAD 2.0 only.
    public init(rules: ScoringRules, noAnswerThreshold: Float = 0) {
        switch rules {
        case .answerable: answerable = .init()
        case .squad2: squad2 = .init()
        }
        self.noAnswerThreshold = Double(noAnswerThreshold)
        isCalibrated = false
    }

    /// Scores by SQuAD 2.0's rules a model that decides by calibrated probabilities whether there is an answer.
    ///
    /// - Parameter confidence: What the model was calibrated with.
    public init(confidence: ConfidenceMap.NoAnswer) {
        squad2 = .init()
        noAnswerThreshold = confidence.threshold
        isCalibrated = true
    }

    /// Scores texts from elsewhere as SQuAD 2.0's program does, which was told how likely each question is to have no answer.
    ///
    /// - Parameters:
    ///   - noAnswerScores: For every prediction; their order decides between equal ones in the search for the best threshold.
    ///   - threshold: Predictions with a higher number count as "no answer"; the program's default is 1.
    public init(noAnswerScores: NoAnswerScores, threshold: Double = 1) {
        squad2 = .init()
        self.noAnswerScores = noAnswerScores
        noAnswerThreshold = threshold
        isCalibrated = false
    }

    /// Scores a model's answer.
    public mutating func add(_ answered: AnsweredExample) {
        answerable?.add(answered.example, prediction: answered.prediction)
        if squad2 != nil {
            // The best span, whatever the threshold makes of it, so that other thresholds can be tried.
            squad2?.add(answered.example, prediction: answered.bestSpan)
            let score =
                isCalibrated
                ? answered.noAnswerScore ?? 1
                : Double(answered.noAnswerMargin ?? .greatestFiniteMagnitude)
            if noAnswerScores == nil { noAnswerScores = NoAnswerScores() }
            noAnswerScores?[answered.example.id] = score
        }
        judged.append(answered.judged)
        statistics.add(answered)
        reading.add(answered.reading)
        layerTokens.add(answered.answered.windows)
        answeredCount += 1
        elapsed += answered.elapsed
    }

    /// Scores a text from elsewhere; nil if there is none.
    public mutating func add(_ example: Example, prediction: String?) {
        answerable?.add(example, prediction: prediction)
        squad2?.add(example, prediction: prediction)
    }

    /// The figures over all questions so far.
    ///
    /// - Returns: Scores in percent and, when a model answered, what its run took.
    /// - Throws: ``EvaluationError/noQuestions``, ``EvaluationError/noReferences(questions:)``, and
    ///   ``EvaluationError/missingNoAnswerScore(id:)``.
    public func report() throws(EvaluationError) -> EvaluationReport {
        var report = try scores()
        guard answeredCount > 0 else { return report }
        report.reliability = Reliability(judged)
        report.keptFraction = statistics.kept.keptFraction
        if !statistics.layers.isEmpty {
            report.layers = statistics.layers
            report.answerBlockRecall = statistics.kept.answerBlockRecall
            report.layerTokenFraction = layerTokens.fraction
            report.secondLooks = layerTokens.secondLooks
        }
        report.reading = reading.read < reading.windows ? reading : nil
        report.windows = statistics.kept.windows
        report.tokens = statistics.kept.allTokens
        report.seconds = elapsed / .seconds(1)
        report.questionsPerSecond = Double(answeredCount) / (elapsed / .seconds(1))
        return report
    }

    private func scores() throws(EvaluationError) -> EvaluationReport {
        if let squad2 {
            let scores = try squad2.scores(
                noAnswerScores: noAnswerScores,
                threshold: noAnswerScores == nil ? nil : noAnswerThreshold
            )
            return EvaluationReport(scores, missingPredictions: squad2.missingPredictions.count)
        }
        let answerable = answerable ?? AnswerScoreAccumulator()
        var report = EvaluationReport(
            try answerable.scores(),
            missingPredictions: answerable.missingPredictions.count
        )
        report.missingReferences =
            answerable.missingReferences.isEmpty ? nil : answerable.missingReferences.count
        return report
    }
}
