/// What goes into a run, data set by data set.
public struct DataTable: Codable, Equatable, Sendable {
    /// One data set.
    public struct File: Codable, Equatable, Sendable {
        /// Its path.
        public var path: String
        /// The questions that something can be learnt from.
        public var usableQuestions = 0
        /// Those of them that are learnt from: not all with a cap, or a weight below 1.
        public var questions = 0
        /// Those of the questions that the data flag as unanswerable.
        public var unanswerableQuestions = 0
        /// Those of the questions whose answer no window holds whole.
        public var cutAnswers = 0
        /// The windows of an epoch, repeated ones included.
        public var windows = 0
        /// Those of the windows that hold their answer whole.
        public var answeredWindows = 0
        /// Those of the windows that hold a part of their answer.
        public var cutWindows = 0
        /// The windows that were left out since there were too many: without an answer, unless a question has more with one
        /// than are taken of it.
        public var droppedWindows = 0
        /// How many questions were left out, by the reason.
        public var leftOut: [String: Int] = [:]
        /// The tokens of the answers learnt from: of half of them at most, of nine in ten at most, of all at most; nil
        /// without answers.
        public var answerTokens: AnswerTokens?

        /// A data set of which nothing is known yet.
        init(path: String) { self.path = path }
    }

    /// How long answers are, in tokens.
    public struct AnswerTokens: Codable, Equatable, Sendable {
        /// Half of the answers are at most so long.
        public var median: Int
        /// Nine in ten answers are at most so long.
        public var ninetieth: Int
        /// No answer is longer.
        public var longest: Int

        /// - Parameter counts: the tokens of each answer; without answers there is nothing to say.
        init?(_ counts: [Int]) {
            guard let last = counts.max() else { return nil }
            let sorted = counts.sorted()
            median = sorted[(sorted.count - 1) / 2]
            ninetieth = sorted[(sorted.count * 9 + 9) / 10 - 1]
            longest = last
        }
    }

    /// The data sets in the order of the command line.
    public var files: [File] = []
}

extension DataTable: CustomStringConvertible {
    /// A line for each data set, with further lines where there is more to say.
    public var description: String { lines.joined(separator: "\n") }

    /// The lines of ``description``.
    public var lines: [String] {
        let width = max(8, files.map(\.path.count).max() ?? 0)
        func row(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: width - name.count)
                + cells.map { String(repeating: " ", count: max(2, 13 - $0.count)) + $0 }.joined()
        }
        var lines = [
            row("data", ["questions", "unanswerable", "left out", "windows", "with answer", "cut answer"])
        ]
        for file in files {
            let left = file.leftOut.values.reduce(0, +)
            let numbers = [
                file.questions, file.unanswerableQuestions, left, file.windows, file.answeredWindows,
                file.cutWindows,
            ]
            lines.append(row(file.path, numbers.map(String.init)))
            lines += file.remarks.map { "  " + $0 }
        }
        return lines
    }
}

extension DataTable.File {
    /// What the row does not say.
    fileprivate var remarks: [String] {
        var remarks: [String] = []
        if questions < usableQuestions {
            remarks.append("\(questions) of \(usableQuestions) questions, chosen at random")
        }
        if !leftOut.isEmpty {
            let reasons = leftOut.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            remarks.append("left out: \(reasons.joined(separator: ", "))")
        }
        if let answerTokens {
            remarks.append(
                "tokens of an answer: \(answerTokens.median) (median), \(answerTokens.ninetieth) (90 %),"
                    + " \(answerTokens.longest) (longest)"
            )
        }
        if cutAnswers > 0 {
            remarks.append(
                "\(cutAnswers) answers are whole in no window: their windows teach where relevant blocks are, and no span"
            )
        }
        if droppedWindows > 0 {
            remarks.append("\(droppedWindows) windows were left out at random, since there were too many")
        }
        return remarks
    }
}
