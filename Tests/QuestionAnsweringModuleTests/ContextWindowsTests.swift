import TestSupport
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

@Suite("Context windows")
struct ContextWindowsTests {
    private func windows(
        question: Int,
        context: Int,
        length: Int,
        advance: WindowSettings.Advance,
        layout: SpecialTokenLayout = .bertUncased
    ) throws -> ContextWindows {
        try ContextWindows(
            question: .tokens(question),
            document: .letters(context),
            settings: WindowSettings(maximumLength: length, advance: advance),
            layout: layout
        )
    }

    @Test func everyContextTokenIsInAWindow() throws {
        var generator = SplitMix(seed: 42)
        var accepted = 0
        for _ in 0..<2000 {
            let question = Int.random(in: 1...12, using: &generator)
            let context = Int.random(in: 1...120, using: &generator)
            let length = Int.random(in: 1...60, using: &generator)
            let number = Int.random(in: -2...60, using: &generator)
            let advance: WindowSettings.Advance =
                Bool.random(using: &generator) ? .overlap(number) : .step(number)
            guard
                let windows = try? windows(
                    question: question,
                    context: context,
                    length: length,
                    advance: advance
                )
            else { continue }
            accepted += 1

            var covered = [Bool](repeating: false, count: context)
            for (index, window) in windows.enumerated() {
                window.contextTokens.forEach { covered[$0] = true }
                #expect(window.tokenCount <= length)
                #expect(!window.contextTokens.isEmpty)
                #expect(window.ids[..<window.prefixLength] == windows[0].ids[..<window.prefixLength])
                #expect(
                    window.ids[window.contextPositions].elementsEqual(
                        window.contextTokens.map { 1000 + Int32($0) }
                    )
                )
                #expect((window.contextTokens.upperBound == context) == (index == windows.count - 1))
                if index > 0 {
                    let distance =
                        window.contextTokens.lowerBound - windows[index - 1].contextTokens.lowerBound
                    let shared = windows[index - 1].contextTokens.upperBound - window.contextTokens.lowerBound
                    switch advance {
                    case .overlap(let overlap): #expect(shared == overlap)
                    case .step(let step): #expect(distance == step)
                    case .automatic: Issue.record("tested by itself")
                    }
                }
                for token in window.contextTokens {
                    #expect(window.contextToken(atPosition: window.position(ofContextToken: token)) == token)
                }
            }
            #expect(covered.allSatisfy { $0 })
        }
        #expect(accepted > 300)
    }

    /// The usual overlap of 128 where there is room for it, half of the room in smaller windows.
    @Test(arguments: [(384, 128), (200, 128), (133, 128), (132, 64), (131, 63), (20, 8), (5, 0)])
    func automaticOverlapAlwaysFits(length: Int, overlap: Int) throws {
        let windows = try windows(question: 1, context: 2000, length: length, advance: .automatic)
        #expect(windows[0].contextTokens.upperBound - windows[1].contextTokens.lowerBound == overlap)
    }

    @Test func laysOutRobertaByItsSpecialTokens() throws {
        let roberta = SpecialTokenLayout(
            beforeQuestion: [0],
            betweenQuestionAndContext: [2, 2],
            afterContext: [2],
            contextTokenType: 0
        )
        let windows = try windows(question: 2, context: 3, length: 8, advance: .overlap(1), layout: roberta)
        #expect(
            windows.map(\.ids) == [[0, 500, 501, 2, 2, 1000, 1001, 2], [0, 500, 501, 2, 2, 1001, 1002, 2]]
        )
        #expect(windows.allSatisfy { $0.tokenTypes == Array(repeating: 0, count: 8) && $0.prefixLength == 5 })
    }

    @Test func clampsToThePositionsOfTheModel() {
        #expect(WindowSettings(maximumLength: 1000).clamped(toPositionLimit: 512).maximumLength == 512)
        #expect(WindowSettings(maximumLength: 100).clamped(toPositionLimit: 512).maximumLength == 100)
    }

    @Test(arguments: [
        (
            5, 20, WindowSettings.Advance.overlap(12),
            QuestionAnsweringError.overlapOutOfRange(overlap: 12, room: 12)
        ),
        (5, 20, .overlap(-1), .overlapOutOfRange(overlap: -1, room: 12)),
        (5, 20, .overlap(.max), .overlapOutOfRange(overlap: .max, room: 12)),
        (5, 20, .step(13), .stepOutOfRange(step: 13, room: 12)),
        (5, 20, .step(0), .stepOutOfRange(step: 0, room: 12)),
        (5, 20, .step(.min), .stepOutOfRange(step: .min, room: 12)),
        (
            17, 20, .overlap(0),
            .questionFillsWindow(questionTokenCount: 17, maximumLength: 20, specialTokenCount: 3)
        ),
        (
            99, 20, .overlap(0),
            .questionFillsWindow(questionTokenCount: 99, maximumLength: 20, specialTokenCount: 3)
        ),
        (1, 4, .overlap(0), .windowTooSmall(maximumLength: 4, specialTokenCount: 3)),
        (1, -7, .overlap(0), .windowTooSmall(maximumLength: -7, specialTokenCount: 3)),
    ])
    func rejectsImpossibleSettings(
        question: Int,
        length: Int,
        advance: WindowSettings.Advance,
        error: QuestionAnsweringError
    ) {
        #expect(throws: error) {
            _ = try windows(question: question, context: 100, length: length, advance: advance)
        }
    }

    @Test func rejectsImpossibleSettingsBeforeThereIsAQuestion() throws {
        #expect(throws: QuestionAnsweringError.overlapOutOfRange(overlap: 128, room: 124)) {
            try WindowSettings(advance: .overlap(128)).clamped(toPositionLimit: 128).validate(
                layout: .bertUncased
            )
        }
        try WindowSettings().validate(layout: .bertUncased)
        try WindowSettings().clamped(toPositionLimit: 128).validate(layout: .bertUncased)
        try WindowSettings(maximumLength: 5, advance: .step(1)).validate(layout: .bertUncased)
    }

    @Test func longestPossibleWindowHoldsEverything() throws {
        let windows = try windows(question: 1, context: 9, length: .max, advance: .step(.max - 4))
        #expect(windows.map(\.contextTokens) == [0..<9])
    }

    @Test(arguments: ["", " \n\t", "\u{3000}\u{1C}"])
    func rejectsQuestionAndContextWithoutText(blank: String) {
        let words = { (text: String) in
            let scalars = Array(text.unicodeScalars).indices.filter {
                !Array(text.unicodeScalars)[$0].properties.isWhitespace
                    && Array(text.unicodeScalars)[$0].value >= 0x20
            }
            return TokenizedText(ids: scalars.map { _ in 7 }, offsets: scalars.map { $0..<$0 + 1 })
        }
        #expect(throws: QuestionAnsweringError.emptyQuestion) { try Question(blank, tokenize: words) }
        #expect(throws: QuestionAnsweringError.blankContext(scalarCount: blank.unicodeScalars.count)) {
            try ContextDocument(blank, tokenize: words)
        }
    }

    @Test func stripsSpaceThatACombiningMarkFollows() {
        // One Character together with the mark, yet Python strips the space.
        #expect(
            Array(" \u{301}a ".droppingLeadingWhiteSpace().unicodeScalars)
                == Array("\u{301}a ".unicodeScalars)
        )
    }

    @Test(arguments: [
        QuestionAnsweringError.emptyQuestion, .blankContext(scalarCount: 3),
        .windowTooSmall(maximumLength: 4, specialTokenCount: 3),
        .questionFillsWindow(questionTokenCount: 17, maximumLength: 20, specialTokenCount: 3),
        .overlapOutOfRange(overlap: 12, room: 12), .stepOutOfRange(step: 13, room: 12),
        .answerCountNotPositive(0), .maximumAnswerLengthNotPositive(0), .nBestCountNotPositive(0),
        .noAnswerThresholdNotANumber, .unusableLogit(windowIndex: 2, position: 3),
    ])
    func errorSaysWhereAndWhatToDoInOneLine(error: QuestionAnsweringError) {
        let description = error.description
        #expect(description.contains(": ") && description.contains("; ") && !description.contains("\n"))
    }
}
