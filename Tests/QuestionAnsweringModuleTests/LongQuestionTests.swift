import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// Questions that leave too little of a window for the context.
@Suite struct LongQuestionTests {
    /// Windows of 20 tokens, 3 of them special: at least 9 of the others are for the context.
    @Test(arguments: [
        (1, WindowSettings.Advance.automatic, 1), (8, .automatic, 8), (9, .automatic, 8),
        (500, .automatic, 8),
        (500, .overlap(3), 8), (500, .overlap(8), 8), (500, .overlap(9), 7), (500, .overlap(15), 1),
        (500, .step(9), 8), (500, .step(10), 7), (500, .step(16), 1),
    ])
    func keepsHalfOfTheWindowOrWhatIsNeededForTheContext(
        question: Int,
        advance: WindowSettings.Advance,
        kept: Int
    ) throws {
        var settings = WindowSettings(maximumLength: 20, advance: advance, longQuestion: .truncated)
        #expect(settings.keptTokenCount(ofQuestion: question, layout: .bertUncased) == kept)
        let windows = try ContextWindows(
            question: .tokens(question).truncated(toTokenCount: kept),
            document: .letters(100),
            settings: settings,
            layout: .bertUncased
        )
        let prefix: [Int32] = [101] + (0..<kept).map { 500 + Int32($0) } + [102]
        #expect(Array(windows[0].ids.prefix(kept + 2)) == prefix)
        settings.longQuestion = .refused
        #expect(settings.keptTokenCount(ofQuestion: question, layout: .bertUncased) == question)
    }

    /// Settings that no question can be answered with fail as they do without truncation.
    @Test(arguments: [
        (20, WindowSettings.Advance.overlap(.max)), (20, .overlap(-1)), (20, .step(.max)), (20, .step(.min)),
        (4, .automatic), (.min, .automatic), (-7, .overlap(3)),
    ])
    func impossibleSettingsStayErrors(length: Int, advance: WindowSettings.Advance) {
        let settings = WindowSettings(maximumLength: length, advance: advance, longQuestion: .truncated)
        let kept = settings.keptTokenCount(ofQuestion: 500, layout: .bertUncased)
        #expect(kept >= 1)
        #expect(throws: QuestionAnsweringError.self) {
            _ = try settings.spacing(questionTokenCount: kept, layout: .bertUncased)
        }
    }

    /// As Hugging Face's truncation does: the answer is that of the question's front.
    @Test func aQuestionThatIsCutIsAnsweredAsItsFront() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        var settings = QuestionAnswererTests.settings
        settings.windows.longQuestion = .truncated
        func report(_ words: Int) throws -> AnswerReport {
            let question = Array(repeating: "who built it", count: words).joined(separator: " ")
            return QuestionAnswererTests.untimed(
                try answerer.answer(
                    question: question,
                    context: QuestionAnswererTests.context,
                    settings: settings
                )
            )
        }
        let long = try report(60)
        let truncation = try #require(long.truncation)
        // Of 48 tokens 3 are special, and 23 at least the context's.
        #expect(truncation.keptTokens == 22 && truncation.questionTokens > 60)
        // The front, as a question of its own: what is behind it does not count, nor how much that is.
        let longer = try report(90)
        #expect(longer.answers == long.answers && longer.diagnostics == long.diagnostics)
        let first = try #require(long.diagnostics?.windows.first?.ids)
        let whole = answerer.model.tokenizer.tokenize("who built it who built it who built it who built it")
            .ids
        #expect(Array(first[1..<23].prefix(whole.count)) == Array(whole.prefix(22)))
        #expect(try report(2).truncation == nil)
        // A question of half the window is one that nothing is said about.
        settings.windows.longQuestion = .refused
        #expect(throws: QuestionAnsweringError.self) { try report(60) }
    }
}
