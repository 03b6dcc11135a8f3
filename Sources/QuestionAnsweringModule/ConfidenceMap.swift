#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// From what a model says of a span to the probability that the span is right, and that the text has no answer: what
/// calibration fitted, from `confidence` in a checkpoint's `blockskim.json`.
///
/// Both are logistic regressions over the ``ConfidenceFeatures`` of a span:
///
/// P = σ(b + w₁ m + w₂ g + w₃ o + w₄ r + w₅ n + w₆ u)
///
/// ``right`` is P(the span is right | the text has an answer), ``NoAnswer/regression`` of the best span P(the text has none).
/// Where the text may have none, a span is right with P(right | an answer) · (1 − P(none)).
public struct ConfidenceMap: Codable, Sendable, Equatable {
    /// A logistic regression.
    public struct Regression: Codable, Sendable, Equatable {
        /// b.
        public var intercept: Double
        /// w₁, of ``ConfidenceFeatures/margin``.
        public var margin: Double
        /// w₂, of ``ConfidenceFeatures/lead``.
        public var lead: Double
        /// w₃, of ``ConfidenceFeatures/logOdds``.
        public var logOdds: Double
        /// w₄, of ``ConfidenceFeatures/relevance``.
        public var relevance: Double
        /// w₅, of ``ConfidenceFeatures/windowsRead``.
        public var windowsRead: Double
        /// w₆, of ``ConfidenceFeatures/windowsUnread``.
        public var windowsUnread: Double

        /// The names in `blockskim.json`.
        public enum CodingKeys: String, CodingKey {
            case intercept
            case margin
            case lead
            case logOdds = "log_odds"
            case relevance
            case windowsRead = "windows_read"
            case windowsUnread = "windows_unread"
        }

        /// A regression.
        public init(
            intercept: Double,
            margin: Double,
            lead: Double,
            logOdds: Double,
            relevance: Double,
            windowsRead: Double,
            windowsUnread: Double
        ) {
            self.intercept = intercept
            self.margin = margin
            self.lead = lead
            self.logOdds = logOdds
            self.relevance = relevance
            self.windowsRead = windowsRead
            self.windowsUnread = windowsUnread
        }

        /// σ of the weighted sum.
        func probability(_ features: ConfidenceFeatures, usualRelevance: Double) -> Double {
            var sum = intercept + margin * features.margin + lead * features.lead
            sum += logOdds * features.logOdds + relevance * (features.relevance ?? usualRelevance)
            sum += windowsRead * features.windowsRead + windowsUnread * features.windowsUnread
            return 1 / (1 + exp(-sum))
        }
    }

    /// What says that a text has no answer.
    public struct NoAnswer: Codable, Sendable, Equatable {
        /// The probability, by the features of the best span.
        public var regression: Regression
        /// The answer is that the text has none when that is likelier than this, from 0 to 1.
        public var threshold: Double

        /// - Parameters:
        ///   - regression: The probability, by the features of the best span.
        ///   - threshold: What must be exceeded, from 0 to 1.
        public init(regression: Regression, threshold: Double) {
            self.regression = regression
            self.threshold = threshold
        }
    }

    /// How good a map is on questions that it was not fitted on.
    public struct Measured: Codable, Sendable, Equatable {
        /// How many questions.
        public var questions: Int
        /// The expected calibration error over them, from 0 to 1.
        public var calibrationError: Double

        /// The names in `blockskim.json`.
        public enum CodingKeys: String, CodingKey {
            case questions
            case calibrationError = "calibration_error"
        }

        /// - Parameters:
        ///   - questions: How many questions.
        ///   - calibrationError: The expected calibration error over them.
        public init(questions: Int, calibrationError: Double) {
            self.questions = questions
            self.calibrationError = calibrationError
        }
    }

    /// P(the span is right | the text has an answer).
    public var right: Regression
    /// P(the text has no answer); nil when all questions of the calibration had one.
    public var noAnswer: NoAnswer?
    /// The r of a span of a dense run, which has none: the mean of the calibration; 0 when that was dense.
    public var usualRelevance: Double
    /// How good the map is; nil when nobody measured it.
    public var measured: Measured?

    /// The names in `blockskim.json`.
    public enum CodingKeys: String, CodingKey {
        case right
        case noAnswer = "no_answer"
        case usualRelevance = "usual_relevance"
        case measured
    }

    /// A map made in the program.
    public init(
        right: Regression,
        noAnswer: NoAnswer? = nil,
        usualRelevance: Double = 0,
        measured: Measured? = nil
    ) {
        self.right = right
        self.noAnswer = noAnswer
        self.usualRelevance = usualRelevance
        self.measured = measured
    }

    /// The probability that a text has no answer.
    ///
    /// - Parameter best: The features of the best span; nil when the text has no span at all.
    /// - Returns: From 0 to 1; nil without a regression for it.
    public func noAnswerProbability(best: ConfidenceFeatures?) -> Double? {
        noAnswer.map { noAnswer in
            best.map { noAnswer.regression.probability($0, usualRelevance: usualRelevance) } ?? 1
        }
    }

    /// The probability that a span is right.
    ///
    /// - Parameters:
    ///   - span: The features of the span.
    ///   - noAnswerProbability: The probability that the text has no answer; 0 where it is known to have one.
    /// - Returns: From 0 to 1.
    public func rightProbability(of span: ConfidenceFeatures, noAnswerProbability: Double) -> Double {
        right.probability(span, usualRelevance: usualRelevance) * (1 - noAnswerProbability)
    }
}
