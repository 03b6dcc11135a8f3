/// How sure the answers to one question are.
package struct AnswerConfidence: Sendable {
    /// The probability of each span, in order.
    package let scores: [Double]
    /// The probability that the text has no answer; nil where it is known to have one, or nothing says so.
    package let noAnswerScore: Double?
    /// Whether the answer is that the text has none.
    package let isNoAnswer: Bool

    /// Judges answers by a map; without one, by the softmax over the candidates.
    ///
    /// - Parameters:
    ///   - decoded: The answers.
    ///   - features: One set a span.
    ///   - map: What calibration fitted; nil for a model that was not calibrated.
    ///   - noAnswer: Whether no answer is one.
    init(
        _ decoded: DecodedAnswers,
        features: [ConfidenceFeatures],
        map: ConfidenceMap?,
        noAnswer: DecodingSettings.NoAnswer
    ) {
        let softmax = noAnswer == .never ? nil : decoded.nullProbability
        guard let map else {
            scores = decoded.spans.map(\.probability)
            noAnswerScore = softmax
            isNoAnswer = decoded.isNoAnswer
            return
        }
        let fitted = noAnswer == .never ? nil : map.noAnswerProbability(best: features.first)
        scores = features.map { map.rightProbability(of: $0, noAnswerProbability: fitted ?? 0) }
        noAnswerScore = fitted ?? softmax
        if noAnswer == .asConfigured, let fitted, let threshold = map.noAnswer?.threshold {
            isNoAnswer = fitted > threshold
        } else {
            isNoAnswer = decoded.isNoAnswer
        }
    }
}
