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

    private func label(_ answer: Range<Int>, in contextTokens: Range<Int>) throws -> ClosedRange<Int>? {
        try window(contextTokens).positions(of: answer, in: document())
    }

    private func answerTokens(_ answer: Range<Int>, in contextTokens: Range<Int>) throws -> ClosedRange<Int>?
    {
        try window(contextTokens).answerTokens(of: answer, in: document())
    }

    private func document() throws -> ContextDocument {
        try ContextDocument("abc def. ghijkl", offsets: tokens.offsets)
    }

    private func window(_ contextTokens: Range<Int>) -> ContextWindow {
        let ids = [101, 9, 102] + tokens.ids[contextTokens] + [102]
        return ContextWindow(
            ids: ids,
            tokenTypes: ids,
            prefixLength: 3,
            contextTokens: contextTokens
        )
    }

    @Test func labelsTheTokensAroundTheAnswer() throws {
        #expect(try label(4..<8, in: 0..<5) == 4...5)
        #expect(try label(5..<6, in: 0..<5) == 4...4)
        #expect(try label(4..<8, in: 1..<5) == 3...4)
    }

    @Test func labelsAnswerThatStartsInLastToken() throws {
        #expect(try label(12..<15, in: 0..<5) == 7...7)
        #expect(try label(7..<8, in: 0..<3) == 5...5)
    }

    @Test func hasNoLabelWhenPartOfTheAnswerIsOutside() throws {
        #expect(try label(4..<12, in: 0..<3) == nil)
        #expect(try label(2..<7, in: 1..<5) == nil)
        #expect(try label(0..<3, in: 3..<5) == nil)
        #expect(try label(12..<16, in: 0..<5) == nil)
    }

    @Test func findsTheTokensOfAnAnswerThatIsCut() throws {
        // Whole, cut on the right, on the left, on both sides, and not there.
        #expect(try answerTokens(4..<8, in: 0..<5) == 4...5)
        #expect(try answerTokens(4..<12, in: 0..<3) == 4...5)
        #expect(try answerTokens(2..<7, in: 1..<5) == 3...3)
        #expect(try answerTokens(0..<15, in: 1..<4) == 3...5)
        #expect(try answerTokens(0..<3, in: 3..<5) == nil)
        #expect(try answerTokens(9..<15, in: 0..<3) == nil)
        #expect(try answerTokens(12..<16, in: 0..<5) == 7...7)
    }

    @Test func labelsTokensThatShareAScalarInOrder() throws {
        let document = try ContextDocument("각", offsets: [0..<1, 0..<1, 0..<1])
        let window = ContextWindow(
            ids: [101, 9, 102, 1, 2, 3, 102],
            tokenTypes: [],
            prefixLength: 3,
            contextTokens: 0..<3
        )
        #expect(window.positions(of: 0..<1, in: document) == 3...5)
    }

    /// "Hà nội": the accents are scalars of their own, which no token covers.
    @Test func marksBehindTheLastLetterBelongToItsToken() throws {
        let document = try ContextDocument("Ha\u{300} no\u{302}\u{323}i", offsets: [0..<2, 4..<6, 8..<9])
        let window = ContextWindow(
            ids: [101, 9, 102, 1, 2, 3, 102],
            tokenTypes: [],
            prefixLength: 3,
            contextTokens: 0..<3
        )
        #expect(window.positions(of: 0..<3, in: document) == 3...3)
        #expect(window.positions(of: 4..<8, in: document) == 4...4)
    }
}
