/// How far confidence can be believed: of the answers given with 0.8, about 80 % should be right.
public struct Reliability: Codable, Equatable, Sendable {
    /// Answers of about the same confidence.
    public struct Bin: Codable, Equatable, Sendable {
        /// The mean confidence, from 0 to 1.
        public var confidence: Double
        /// The share that is right, from 0 to 1.
        public var right: Double
        /// How many answers these are.
        public var count: Int
    }

    /// The mean over the bins of |share right − mean confidence|, weighted by count, from 0 to 1.
    public var expectedCalibrationError: Double
    /// What that error would be on average if every answer were right with its confidence: chance alone, where answers are few.
    ///
    /// The mean over the bins of √(2/π · p(1 − p)/n), weighted by count; p the mean confidence of a bin, n its count.
    public var chanceError: Double
    /// The mean confidence of all answers.
    public var confidence: Double
    /// The share of all answers that is right.
    public var right: Double
    /// How many answers these are.
    public var count: Int
    /// From the least confident to the most, with the same number of answers each, or one more or less.
    public var bins: [Bin]

    /// How many bins there are, where there are as many answers.
    public static let binCount = 15

    /// Sorts answers by confidence into bins; nil when there are none.
    ///
    /// Of answers with the same confidence the order decides.
    public init?(_ answers: [JudgedAnswer]) {
        guard !answers.isEmpty else { return nil }
        let sorted = answers.enumerated()
            .sorted { ($0.element.confidence, $0.offset) < ($1.element.confidence, $1.offset) }
            .map(\.element)
        let count = min(Self.binCount, sorted.count)
        bins = (0..<count).map { index in
            Bin(sorted[sorted.count * index / count..<sorted.count * (index + 1) / count])
        }
        let all = Bin(sorted[...])
        (confidence, right, self.count) = (all.confidence, all.right, all.count)
        expectedCalibrationError =
            bins.reduce(0) { $0 + abs($1.right - $1.confidence) * Double($1.count) } / Double(sorted.count)
        chanceError =
            bins.reduce(0) { $0 + $1.chanceError * Double($1.count) } / Double(sorted.count)
    }
}

/// An answer to a question of a data set: how sure the model was, and whether it was right.
public struct JudgedAnswer: Equatable, Sendable {
    /// The probability that the model gave the answer, from 0 to 1.
    public var confidence: Double
    /// Whether the answer equals a reference; of no answer, whether there is none.
    public var isRight: Bool

    /// - Parameters:
    ///   - confidence: The probability that the model gave the answer.
    ///   - isRight: Whether it is right.
    public init(confidence: Double, isRight: Bool) {
        self.confidence = confidence
        self.isRight = isRight
    }
}

extension Reliability.Bin {
    /// The mean distance of a share of n answers, each right with probability p, from p, as the normal distribution has it.
    fileprivate var chanceError: Double {
        (2 / .pi * confidence * (1 - confidence) / Double(count)).squareRoot()
    }

    /// - Parameter answers: At least one.
    fileprivate init(_ answers: ArraySlice<JudgedAnswer>) {
        count = answers.count
        confidence = answers.reduce(0) { $0 + $1.confidence } / Double(answers.count)
        right = Double(answers.count(where: \.isRight)) / Double(answers.count)
    }
}
