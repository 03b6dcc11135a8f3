import EncoderModule
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

@Suite("Window labels")
struct WindowLabelTests {
    private let tokens = TokenizedText(
        ids: [1, 2, 3, 4, 5],
        offsets: [0..<3, 4..<7, 7..<8, 9..<12, 12..<15]
    )

    private func label(_ answer: Range<Int>, in contextTokens: Range<Int>) -> ClosedRange<Int>? {
        let ids = [101, 9, 102] + tokens.ids[contextTokens] + [102]
        let window = ContextWindow(
            ids: ids,
            tokenTypes: ids,
            prefixLength: 3,
            contextTokens: contextTokens
        )
        return window.positions(of: answer, in: tokens)
    }

    @Test func labelsTheTokensAroundTheAnswer() {
        #expect(label(4..<8, in: 0..<5) == 4...5)
        #expect(label(5..<6, in: 0..<5) == 4...4)
        #expect(label(4..<8, in: 1..<5) == 3...4)
    }

    @Test func labelsAnswerThatStartsInLastToken() {
        #expect(label(12..<15, in: 0..<5) == 7...7)
        #expect(label(7..<8, in: 0..<3) == 5...5)
    }

    @Test func hasNoLabelWhenPartOfTheAnswerIsOutside() {
        #expect(label(4..<12, in: 0..<3) == nil)
        #expect(label(2..<7, in: 1..<5) == nil)
        #expect(label(0..<3, in: 3..<5) == nil)
        #expect(label(12..<16, in: 0..<5) == nil)
    }

    @Test func labelsTokensThatShareAScalarInOrder() {
        let tokens = TokenizedText(ids: [1, 2, 3], offsets: [0..<1, 0..<1, 0..<1])
        let window = ContextWindow(
            ids: [101, 9, 102, 1, 2, 3, 102],
            tokenTypes: [],
            prefixLength: 3,
            contextTokens: 0..<3
        )
        #expect(window.positions(of: 0..<1, in: tokens) == 3...5)
    }
}
