import QuestionAnsweringModule

/// How much of the documents was read for some questions, and why no more.
public struct ReadingCounts: Codable, Equatable, Sendable {
    /// The windows that the questions' documents have, each question's counted.
    public var windows = 0
    /// How many of them were read.
    public var read = 0
    /// How many questions ended for which reason, by its name in reports.
    public var stopped: [String: Int] = [:]

    /// Counts of no questions.
    public init() {}

    /// Counts one question.
    mutating func add(_ reading: AnswerReport.Reading) {
        windows += reading.windows
        read += reading.read
        stopped[reading.stopped.rawValue, default: 0] += 1
    }
}
