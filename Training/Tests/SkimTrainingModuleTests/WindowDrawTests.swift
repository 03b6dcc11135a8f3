import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite struct WindowDrawTests {
    /// Windows of different lengths: number 3 cuts an answer, those of `answered` hold it.
    private func windows(_ count: Int, answered: Set<Int>, cut: Int? = 3) -> [LabelledWindow] {
        (0..<count).map { index in
            let window = LabelledWindow(GoldenWindow(tokens: 12 + index, prefixLength: 6), answer: nil).window
            return LabelledWindow(
                window: window,
                answer: answered.contains(index) ? 8...9 : nil,
                answerTokens: answered.contains(index) || index == cut ? [8...9] : []
            )
        }
    }

    private func draw(_ most: Int?, _ windows: [LabelledWindow], seed: UInt64 = 1) -> [Int] {
        var draw = WindowDraw(most: most, using: SeededGenerator(seed: seed, name: "draw"))
        return draw(windows).map { $0.window.tokenCount - 12 }
    }

    @Test func answersStayAndOthersAreDrawn() {
        let all = windows(20, answered: [11, 12])
        var seen: Set<Int> = []
        for seed in 0..<40 as Range<UInt64> {
            let drawn = draw(5, all, seed: seed)
            #expect(drawn.count == 5 && drawn == drawn.sorted() && drawn == draw(5, all, seed: seed))
            #expect(Set([3, 11, 12]).isSubset(of: drawn))
            seen.formUnion(drawn)
        }
        #expect(seen == Set(0..<20))
    }

    @Test func aQuestionNeverLosesItsAnswer() {
        // Fewer windows than hold the answer: some of these, and none that cuts it.
        #expect(Set(draw(2, windows(9, answered: [0, 4, 8]))).isSubset(of: [0, 4, 8]))
        // One that is only cut does not look as if it had none.
        #expect(draw(1, windows(9, answered: [])) == [3])
        #expect(draw(4, windows(4, answered: [])) == [0, 1, 2, 3])
        #expect(draw(nil, windows(30, answered: [])) == Array(0..<30))
    }
}
