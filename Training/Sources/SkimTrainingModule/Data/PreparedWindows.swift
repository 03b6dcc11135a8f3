import Foundation
import QuestionAnsweringModule
import SafetensorsModule

/// All windows that a run learns from, tokenised and labelled, in flat arrays.
struct PreparedWindows: Equatable {
    /// One window.
    struct Window: Equatable {
        /// Token ids, special tokens included.
        var ids: ArraySlice<Int32>
        /// The tokens of `[CLS] question [SEP]`; the tokens after it have the context's token type.
        var prefixLength: Int
        /// The positions of the answer's first and last token, if the window holds it.
        var answer: ClosedRange<Int>?

        var tokens: Int { ids.count }
    }

    /// The token type of the context; that of the prefix is 0.
    var contextTokenType: Int32 = 0
    private var ids: [Int32] = []
    /// Where each window's ids end.
    private var ends: [Int] = []
    private var prefixLengths: [Int] = []
    /// First and last position of the answer, -1 for none.
    private var answers: [(first: Int, last: Int)] = []

    /// The number of windows.
    var count: Int { ends.count }
    /// The tokens of all windows together.
    var tokenCount: Int { ids.count }
    /// The number of windows that hold their answer.
    var answeredCount: Int { answers.count { $0.first >= 0 } }
    /// The tokens of each window.
    var lengths: [Int] { ends.indices.map { ends[$0] - ($0 == 0 ? 0 : ends[$0 - 1]) } }

    init() {}

    static func == (a: PreparedWindows, b: PreparedWindows) -> Bool {
        a.contextTokenType == b.contextTokenType && a.ids == b.ids && a.ends == b.ends
            && a.prefixLengths == b.prefixLengths && a.answers.elementsEqual(b.answers) { $0 == $1 }
    }

    subscript(index: Int) -> Window {
        let answer = answers[index]
        return Window(
            ids: ids[(index == 0 ? 0 : ends[index - 1])..<ends[index]],
            prefixLength: prefixLengths[index],
            answer: answer.first < 0 ? nil : answer.first...answer.last
        )
    }

    mutating func append(_ window: LabelledWindow) {
        contextTokenType = window.tokenTypes.last ?? 0
        ids += window.ids
        ends.append(ids.count)
        prefixLengths.append(window.prefixLength)
        answers.append((window.answer?.lowerBound ?? -1, window.answer?.upperBound ?? -1))
    }

    /// Checks that every label lies in the context of its window.
    ///
    /// - Throws: `labelOutsideWindow`.
    func checkLabels() throws(TrainingError) {
        for index in 0..<count {
            let window = self[index]
            guard let answer = window.answer else { continue }
            guard answer.lowerBound >= window.prefixLength, answer.upperBound < window.tokens else {
                throw .labelOutsideWindow(windowIndex: index, label: answer, tokens: window.tokens)
            }
        }
    }
}

extension PreparedWindows {
    private static let sourceKey = "source"

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
            let first = integers("first"), let last = integers("last"),
            let type = integers("contextTokenType")?.first,
            ends.last ?? 0 == ids.count, zip([0] + ends, ends).allSatisfy({ $0 <= $1 }),
            [prefixes.count, first.count, last.count].allSatisfy({ $0 == ends.count })
        else { return nil }
        self.ids = ids.map { Int32(truncatingIfNeeded: $0) }
        self.ends = ends
        prefixLengths = prefixes
        answers = zip(first, last).map { ($0, $1) }
        contextTokenType = Int32(truncatingIfNeeded: type)
    }

    /// Keeps the windows for the next run.
    ///
    /// - Throws: `safetensors`.
    func write(to path: String, source: String) throws(TrainingError) {
        var writer = SafetensorsWriter(metadata: [Self.sourceKey: source])
        func append(_ name: String, _ values: [Int]) {
            writer.append(name, shape: [values.count], integers: values.map(Int64.init))
        }
        append("ids", ids.map(Int.init))
        append("ends", ends)
        append("prefixes", prefixLengths)
        append("first", answers.map(\.first))
        append("last", answers.map(\.last))
        append("contextTokenType", [Int(contextTokenType)])
        do {
            try writer.write(to: path)
        } catch {
            throw .safetensors(error)
        }
    }
}
