import Foundation
import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite struct SpanLossMeanTests {
    private func window(_ answer: ClosedRange<Int>?, cuts: Bool = false) -> LabelledWindow {
        let window = LabelledWindow(GoldenWindow(tokens: 4, prefixLength: 2), answer: nil).window
        return LabelledWindow(
            window: window,
            answer: answer,
            answerTokens: answer.map { [$0] } ?? (cuts ? [3...3] : [])
        )
    }

    private func value(
        _ normalization: SpanNormalization,
        _ questions: [[(start: [Float], end: [Float], label: LabelledWindow)]]
    ) -> Double? {
        var mean = SpanLossMean(normalization)
        for windows in questions { mean.add(windows) }
        return mean.value
    }

    @Test func meanIsOverWindowsOrQuestions() throws {
        let (a, b): ([Float], [Float]) = ([1, 0, 2, -1], [0.5, 1, 0, 3])
        let held = (start: a, end: b, label: window(2...3))
        let none = (start: b, end: a, label: window(nil))
        let cut = (start: b, end: b, label: window(nil, cuts: true))
        func sum(_ logits: [Float]) -> Double { logits.reduce(0) { $0 + exp(Double($1)) } }
        let (first, second) = (log(sum(a)) - 2 + log(sum(b)) - 3, log(sum(b)) - 0.5 + log(sum(a)) - 1)
        let windows = try #require(value(.window, [[held, none, cut]]))
        #expect(abs(windows - (first + second) / 4) < 1e-12)

        let start = log(sum(a) + 2 * sum(b)) - 2
        let end = log(sum(a) + 2 * sum(b)) - 3
        let shared = try #require(value(.document, [[held, none, cut], [cut, none]]))
        #expect(abs(shared - (start + end) / 2) < 1e-12)
        // Without an answer the first token of any window is right.
        let unanswered = try #require(value(.document, [[none, none]]))
        let expected = (log(2 * sum(b)) - 0.5 - log(2) + log(2 * sum(a)) - 1 - log(2)) / 2
        #expect(abs(unanswered - expected) < 1e-12)
        #expect(value(.document, [[cut]]) == nil && value(.window, [[cut]]) == nil)
    }
}
