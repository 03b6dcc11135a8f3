import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

@Suite("Answer bounds")
struct AnswerBoundsTests {
    /// The text of an answer, given its tokens by their offsets.
    private func text(
        _ tokens: ClosedRange<Int>,
        of text: String,
        _ offsets: [Range<Int>],
        maximumLength: Int = 30
    ) throws -> String {
        let document = try ContextDocument(text, offsets: offsets)
        return document[document.answerBounds.range(of: tokens, maximumLength: maximumLength)]
    }

    /// A token for each letter or mark of text that has no space, none for a space.
    private func letterOffsets(_ text: String) -> [Range<Int>] {
        text.unicodeScalars.enumerated().filter { $0.element != " " }.map { $0.offset..<$0.offset + 1 }
    }

    @Test(arguments: [
        ("Ha\u{300} no\u{323}\u{302}i", [0..<2, 4..<6, 8..<9], "Ha\u{300}", "no\u{323}\u{302}"),
        // Vowel points of Hebrew, a vowel sign of Hindi, an emoji with its variation selector, and a joiner.
        ("\u{5E9}\u{5DC}\u{5B8} ab", [0..<2, 4..<6], "\u{5E9}\u{5DC}\u{5B8}", "ab"),
        ("\u{939}\u{93F} ab", [0..<1, 3..<5], "\u{939}\u{93F}", "ab"),
        ("\u{2764}\u{FE0F} ab", [0..<1, 3..<5], "\u{2764}\u{FE0F}", "ab"),
        ("a\u{200D} ab", [0..<1, 3..<5], "a\u{200D}", "ab"),
    ])
    func answerKeepsTheMarksBehindItsLastLetter(
        whole: String,
        offsets: [Range<Int>],
        first: String,
        second: String
    ) throws {
        #expect(try text(0...0, of: whole, offsets).unicodeScalars.elementsEqual(first.unicodeScalars))
        #expect(try text(1...1, of: whole, offsets).unicodeScalars.elementsEqual(second.unicodeScalars))
    }

    /// A mark that a token covers is that token's.
    @Test func marksOfAnotherTokenStayThere() throws {
        #expect(try text(0...0, of: "a\u{300}b", [0..<1, 1..<2, 2..<3]).unicodeScalars.elementsEqual(["a"]))
    }

    @Test func answerHasNoWhiteSpaceAtItsEnds() throws {
        let (whole, offsets) = ("\nAda \u{A0}Lovelace.\n\n", [0..<1, 1..<5, 5..<6, 6..<14, 14..<16, 16..<17])
        #expect(try text(0...1, of: whole, offsets) == "Ada")
        #expect(try text(0...5, of: whole, offsets) == "Ada \u{A0}Lovelace.")
        #expect(try text(2...4, of: whole, offsets) == "Lovelace.")
        #expect(try text(2...2, of: whole, offsets).isEmpty)
        #expect(try text(5...5, of: whole, offsets).isEmpty)
    }

    @Test func textOfLineEndsIsBlank() {
        #expect(throws: QuestionAnsweringError.blankContext(scalarCount: 3)) {
            try ContextDocument("\n\n\n", offsets: [0..<1, 1..<2, 2..<3])
        }
    }

    @Test func stretchOfMoreTokensThanAnAnswerMayHaveComesWhole() throws {
        let whole = "It is (abcdefgh). Ask."
        let offsets = letterOffsets(whole)
        // "It", "is" and the bracket are five tokens.
        #expect(try text(7...8, of: whole, offsets, maximumLength: 5) == "abcdefgh")
        #expect(try text(0...6, of: whole, offsets, maximumLength: 8) == "It is (abcdefgh")
        #expect(try text(7...8, of: whole, offsets, maximumLength: 11) == "cd")
        #expect(try text(0...1, of: whole, offsets, maximumLength: 5) == "It")
    }

    @Test func stretchThatIsTooLongGivesNoAnswer() throws {
        for (count, isWhole) in [(500, true), (501, false)] {
            let stretch = String(repeating: "x", count: count)
            let answer = try text(3...9, of: stretch, letterOffsets(stretch))
            #expect(answer == (isWhole ? stretch : ""))
        }
    }

    @Test func scriptsWithoutSpacesAreNoStretches() throws {
        let whole = "ひらがなと漢字とカタカナ"
        #expect(try text(1...2, of: whole, letterOffsets(whole), maximumLength: 3) == "らが")
    }
}
