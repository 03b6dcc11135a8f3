/// Which spans may be answers and how many are wanted.
public struct DecodingSettings: Sendable, Equatable {
    /// Whether "the context does not say" is an answer.
    public enum NoAnswer: Sendable, Equatable {
        /// As the checkpoint's `blockskim.json` says: when that is likelier than the threshold that calibration chose. A model
        /// that was not calibrated for it answers as with ``never``.
        ///
        /// The spans stay in the report beside ``AnswerReport/answerable``.
        case asConfigured
        /// Every question has an answer in its context (SQuAD 1.1, MRQA).
        case never
        /// There may be none (SQuAD 2.0): so decided when the no-answer score exceeds the best span's by more than
        /// the threshold, in logits.
        case above(threshold: Float)
    }

    /// How many answers are wanted.
    public var answerCount: Int
    /// The score that an answer must have, from 0 to 1; spans below it are left out, so that there may be fewer answers than are
    /// wanted.
    public var minimumScore: Double
    /// The most tokens that an answer may have.
    public var maximumAnswerLength: Int
    /// How many starts and how many ends of a window are paired, and how many spans the probabilities are over.
    public var nBestCount: Int
    /// Whether "the context does not say" is an answer.
    public var noAnswer: NoAnswer

    /// Makes settings; the defaults are those that extractive question answering is usually measured with.
    ///
    /// - Parameters:
    ///   - answerCount: How many answers are wanted, at least 1.
    ///   - minimumScore: The score that an answer must have, from 0 to 1.
    ///   - maximumAnswerLength: The most tokens that an answer may have, at least 1.
    ///   - nBestCount: How many starts and ends of a window are paired, and how many spans the probabilities are
    ///     over, at least 1.
    ///   - noAnswer: Whether "the context does not say" is an answer.
    public init(
        answerCount: Int = 1,
        minimumScore: Double = 0,
        maximumAnswerLength: Int = 30,
        nBestCount: Int = 20,
        noAnswer: NoAnswer = .asConfigured
    ) {
        self.answerCount = answerCount
        self.minimumScore = minimumScore
        self.maximumAnswerLength = maximumAnswerLength
        self.nBestCount = nBestCount
        self.noAnswer = noAnswer
    }

    /// Rejects settings that no question can be answered with, so that long work can fail before it starts.
    package func validate() throws(QuestionAnsweringError) {
        guard answerCount > 0 else { throw .answerCountNotPositive(answerCount) }
        guard (0...1).contains(minimumScore) else { throw .minimumScoreOutOfRange(minimumScore) }
        guard maximumAnswerLength > 0 else { throw .maximumAnswerLengthNotPositive(maximumAnswerLength) }
        guard nBestCount > 0 else { throw .nBestCountNotPositive(nBestCount) }
        if case .above(let threshold) = noAnswer, threshold.isNaN { throw .noAnswerThresholdNotANumber }
    }
}
