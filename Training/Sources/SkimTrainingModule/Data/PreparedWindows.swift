import EncoderModule
import Foundation
import QuestionAnsweringModule
import SafetensorsModule

/// All windows that a run learns from, tokenised and labelled, in flat arrays.
struct PreparedWindows: Equatable {
    /// The token type of the context; that of the prefix is 0.
    private var contextTokenType: Int32 = 0
    private var ids: [Int32] = []
    /// Where each window's ids end.
    private var ends: [Int] = []
    private var prefixLengths: [Int] = []
    /// Which of the document's tokens each window holds.
    private var contextTokens: [Range<Int>] = []
    /// First and last position of the answer, -1 for none.
    private var answers: [(first: Int, last: Int)] = []
    /// First and last positions of the tokens of answers, window by window.
    private var answerTokens: [(first: Int, last: Int)] = []
    /// Where each window's part of `answerTokens` ends.
    private var answerTokenEnds: [Int] = []
    /// The data set of each window, from 0.
    private var fileIndices: [Int] = []
    /// The question of each window, rising; one that comes twice has two numbers.
    private var questionNumbers: [Int] = []
    /// What they were made of.
    var table = DataTable()

    /// The number of windows.
    var count: Int { ends.count }
    /// The tokens of all windows together.
    var tokenCount: Int { ids.count }
    /// The number of windows that hold their answer.
    var answeredCount: Int { answers.count { $0.first >= 0 } }
    /// The tokens of each window.
    var lengths: [Int] { ends.indices.map { ends[$0] - ($0 == 0 ? 0 : ends[$0 - 1]) } }

    /// The windows of each question.
    var questions: [Range<Int>] {
        var questions: [Range<Int>] = []
        for index in 0..<count {
            if index > 0, questionNumbers[index] == questionNumbers[index - 1], let last = questions.popLast()
            {
                questions.append(last.lowerBound..<index + 1)
            } else {
                questions.append(index..<index + 1)
            }
        }
        return questions
    }

    init() {}

    static func == (a: PreparedWindows, b: PreparedWindows) -> Bool {
        a.contextTokenType == b.contextTokenType && a.ids == b.ids && a.ends == b.ends
            && a.prefixLengths == b.prefixLengths && a.contextTokens == b.contextTokens
            && a.answers.elementsEqual(b.answers) { $0 == $1 }
            && a.answerTokens.elementsEqual(b.answerTokens) { $0 == $1 }
            && a.answerTokenEnds == b.answerTokenEnds && a.fileIndices == b.fileIndices
            && a.questionNumbers == b.questionNumbers && a.table == b.table
    }

    subscript(index: Int) -> LabelledWindow {
        let answer = answers[index]
        let ids = Array(ids[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
        let tokens = answerTokens[(index == 0 ? 0 : answerTokenEnds[index - 1])..<answerTokenEnds[index]]
        let prefixLength = prefixLengths[index]
        return LabelledWindow(
            window: ContextWindow(
                ids: ids,
                tokenTypes: ids.indices.map { $0 < prefixLength ? 0 : contextTokenType },
                prefixLength: prefixLength,
                contextTokens: contextTokens[index]
            ),
            answer: answer.first < 0 ? nil : answer.first...answer.last,
            answerTokens: tokens.map { $0.first...$0.last }
        )
    }

    /// Adds the windows of a question of a data set, data sets counted from 0.
    mutating func append(question labelled: [LabelledWindow], ofFile fileIndex: Int) {
        let number = nextQuestion
        for window in labelled { append(window, ofFile: fileIndex, question: number) }
    }

    private var nextQuestion: Int { questionNumbers.last.map { $0 + 1 } ?? 0 }

    /// Adds a window of a data set, data sets counted from 0, and of a question; nil for one of its own.
    mutating func append(_ labelled: LabelledWindow, ofFile fileIndex: Int = 0, question: Int? = nil) {
        let window = labelled.window
        contextTokenType = window.tokenTypes.last ?? 0
        ids += window.ids
        ends.append(ids.count)
        prefixLengths.append(window.prefixLength)
        contextTokens.append(window.contextTokens)
        answers.append((labelled.answer?.lowerBound ?? -1, labelled.answer?.upperBound ?? -1))
        answerTokens += labelled.answerTokens.map { ($0.lowerBound, $0.upperBound) }
        answerTokenEnds.append(answerTokens.count)
        fileIndices.append(fileIndex)
        questionNumbers.append(question ?? nextQuestion)
    }

    /// Leaves out windows without an answer, chosen at random, where there are more than so many times as with one.
    mutating func limitWindowsWithoutAnswer(to ratio: Double, seed: UInt64) {
        var without = (0..<count).filter { answers[$0].first < 0 && !self[$0].cutsAnswer }
        let limit = Int((ratio * Double(answeredCount)).rounded())
        guard without.count > limit else { return }
        var generator = SeededGenerator(seed: seed, name: "windows without an answer")
        without.shuffle(using: &generator)
        let dropped = Set(without.dropFirst(limit))
        var kept = PreparedWindows()
        kept.table = table
        for index in 0..<count {
            if dropped.contains(index) {
                kept.table.files[fileIndices[index]].droppedWindows += 1
            } else {
                kept.append(self[index], ofFile: fileIndices[index], question: questionNumbers[index])
            }
        }
        self = kept
    }

    /// Writes into the table how many windows there are of each data set.
    mutating func countInTable() {
        for index in 0..<count {
            let file = fileIndices[index]
            table.files[file].windows += 1
            if answers[index].first >= 0 { table.files[file].answeredWindows += 1 }
            if self[index].cutsAnswer { table.files[file].cutWindows += 1 }
        }
    }

    /// Checks that every label lies in the context of its window.
    ///
    /// - Throws: `labelOutsideWindow`.
    func checkLabels() throws(TrainingError) {
        for index in 0..<count {
            let labelled = self[index]
            let window = labelled.window
            for label in [labelled.answer].compactMap(\.self) + labelled.answerTokens
            where label.lowerBound < window.prefixLength || label.upperBound >= window.tokenCount {
                throw .labelOutsideWindow(windowIndex: index, label: label, tokens: window.tokenCount)
            }
        }
    }
}

extension PreparedWindows {
    private static let sourceKey = "source"
    private static let tableKey = "table"

    /// Reads windows that were prepared before from the same source; nil when there are none.
    ///
    /// A file of another source, or one that is damaged, is as good as none: it is written anew.
    init?(path: String, source: String) {
        guard let file = try? SafetensorsFile(path: path), file.metadata[Self.sourceKey] == source else {
            return nil
        }
        func integers(_ name: String) -> [Int]? {
            guard let values = try? file.integers(named: name) else { return nil }
            return values.map(Int.init)
        }
        guard let ids = integers("ids"), let ends = integers("ends"), let prefixes = integers("prefixes"),
            let contextStarts = integers("contextStarts"), let contextEnds = integers("contextEnds"),
            let first = integers("first"), let last = integers("last"),
            let tokenFirst = integers("answerTokenFirst"), let tokenLast = integers("answerTokenLast"),
            let tokenEnds = integers("answerTokenEnds"), let fileIndices = integers("fileIndices"),
            let questionNumbers = integers("questions"),
            let table = try? JSONDecoder().decode(
                DataTable.self,
                from: Data((file.metadata[Self.tableKey] ?? "").utf8)
            ),
            let type = integers("contextTokenType")?.first,
            ends.last ?? 0 == ids.count, zip([0] + ends, ends).allSatisfy({ $0 <= $1 }),
            tokenEnds.last ?? 0 == tokenFirst.count, tokenFirst.count == tokenLast.count,
            zip([0] + tokenEnds, tokenEnds).allSatisfy({ $0 <= $1 }),
            zip(first + tokenFirst, last + tokenLast).allSatisfy({ $0 <= $1 }),
            [
                tokenEnds.count, fileIndices.count, questionNumbers.count, prefixes.count, first.count,
                last.count,
                contextStarts.count, contextEnds.count,
            ]
            .allSatisfy({ $0 == ends.count }),
            zip(contextStarts, contextEnds).allSatisfy({ 0 <= $0 && $0 <= $1 })
        else { return nil }
        self.ids = ids.map { Int32(truncatingIfNeeded: $0) }
        self.ends = ends
        prefixLengths = prefixes
        contextTokens = zip(contextStarts, contextEnds).map { $0..<$1 }
        answers = zip(first, last).map { ($0, $1) }
        answerTokens = zip(tokenFirst, tokenLast).map { ($0, $1) }
        answerTokenEnds = tokenEnds
        self.fileIndices = fileIndices
        self.questionNumbers = questionNumbers
        self.table = table
        contextTokenType = Int32(truncatingIfNeeded: type)
    }

    /// What the windows in a file were made of; nil when there is no such file, or it is damaged.
    static func source(ofFile path: String) -> String? {
        (try? SafetensorsFile(path: path))?.metadata[sourceKey]
    }

    /// Keeps the windows for the next run.
    ///
    /// - Throws: `safetensors`.
    func write(to path: String, source: String) throws(TrainingError) {
        let text = try TrainingError.wrapping { try JSONEncoder().encode(table) }
        var writer = SafetensorsWriter(
            metadata: [Self.sourceKey: source, Self.tableKey: String(decoding: text, as: UTF8.self)]
        )
        func append(_ name: String, _ values: [Int]) {
            writer.append(name, shape: [values.count], integers: values.map(Int64.init))
        }
        append("ids", ids.map(Int.init))
        append("ends", ends)
        append("prefixes", prefixLengths)
        append("contextStarts", contextTokens.map(\.lowerBound))
        append("contextEnds", contextTokens.map(\.upperBound))
        append("first", answers.map(\.first))
        append("last", answers.map(\.last))
        append("answerTokenFirst", answerTokens.map(\.first))
        append("answerTokenLast", answerTokens.map(\.last))
        append("answerTokenEnds", answerTokenEnds)
        append("fileIndices", fileIndices)
        append("questions", questionNumbers)
        append("contextTokenType", [Int(contextTokenType)])
        do {
            try writer.write(to: path)
        } catch {
            throw .safetensors(error)
        }
    }
}
