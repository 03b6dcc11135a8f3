import Testing

@testable import TerminalModule

@Suite struct TerminalTests {
    @Test func onlyATerminalThatKnowsThemGetsControlSequences() {
        #expect(Terminal.takesControlSequences(type: "xterm-256color", noColor: nil))
        #expect(!Terminal.takesControlSequences(type: "dumb", noColor: nil))
        #expect(!Terminal.takesControlSequences(type: "", noColor: nil))
        #expect(!Terminal.takesControlSequences(type: nil, noColor: nil))
    }

    /// https://no-color.org: set to anything but the empty string.
    @Test func whoeverSetsNoColorGetsPlainText() {
        #expect(!Terminal.takesControlSequences(type: "xterm", noColor: "1"))
        #expect(Terminal.takesControlSequences(type: "xterm", noColor: ""))
    }
}

@Suite struct ProgressLineTests {
    private func text(_ finished: Int, of wanted: Int?, seconds: Int) -> String {
        ProgressLine.text(finished, of: wanted, unit: "questions", elapsed: .seconds(seconds))
    }

    @Test func estimatesTheTimeLeftFromTheTimeTaken() {
        #expect(text(25, of: 100, seconds: 10) == "25 of 100 questions (25 %), 0:30 left")
        #expect(text(1, of: 100, seconds: 4) == "1 of 100 questions (1 %), 6:36 left")
        #expect(text(1, of: 1001, seconds: 9) == "1 of 1001 questions (0 %), 2 h 30 min left")
        #expect(text(100, of: 100, seconds: 10) == "100 of 100 questions (100 %), 0:00 left")
    }

    @Test func estimatesNothingWithoutTheNumberOfAllOrOfSome() {
        #expect(text(7, of: nil, seconds: 10) == "7 questions")
        #expect(text(0, of: 100, seconds: 10) == "0 of 100 questions")
    }
}

@Suite struct SilenceTests {
    @Test func progressIsSaidAfterAMinuteWithoutAWord() {
        let start = ContinuousClock.now
        var silence = Silence(since: start)
        #expect(!silence.isLong(at: start + .seconds(59)))
        #expect(silence.isLong(at: start + .seconds(60)))
        silence.end(at: start + .seconds(60))
        #expect(!silence.isLong(at: start + .seconds(119)))
        #expect(silence.isLong(at: start + .seconds(120)))
    }
}
