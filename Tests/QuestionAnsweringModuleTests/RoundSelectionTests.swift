import EncoderModule
import Testing

@testable import BlockSkimModule
@testable import QuestionAnsweringModule

/// The choice among the blocks of the windows that one question reads in a round.
@Suite("Selection across windows")
struct RoundSelectionTests {
    /// A window of a prefix of 4 tokens, 16 tokens of the text in 4 blocks, and no separator.
    private func window(from token: Int) -> ContextWindow {
        ContextWindow(
            ids: Array(repeating: 0, count: 20),
            tokenTypes: Array(repeating: 0, count: 20),
            prefixLength: 4,
            contextTokens: token..<token + 16
        )
    }

    private func select(
        _ margins: [[Float]],
        from tokens: [Int],
        rounds: [Range<Int>],
        least: Int = 0
    ) -> [[Bool]] {
        let windows = tokens.map(window)
        let selection = RoundSelection(
            policy: SkimPolicy(layers: [2], threshold: 0.5, minimumKeptBlocks: least),
            windows: windows,
            rounds: rounds
        )
        let partition = BlockPartition(tokens: 20, prefixLength: 4, layout: .passageAligned, blockSize: 4)
        let relevance = margins.map { margins in
            WindowRelevance(logits: margins.flatMap { [0, $0] }, partition: partition, tokens: 20)
        }
        return selection.select(relevance, afterLayer: 2).map { $0?.kept ?? [] }
    }

    @Test("a window of which nothing is kept goes no further, if another of its round does")
    func emptyWindow() {
        let kept = select([[-1, -2, -1, -1], [1, -1, -1, -1]], from: [0, 100], rounds: [0..<2], least: 1)
        #expect(kept == [[false, false, false, false], [true, false, false, false]])
    }

    @Test("the most relevant blocks of a round are kept when the threshold leaves too few")
    func least() {
        let kept = select(
            [[-1, -2, -9, -4], [-3, -1.5, -9, -9]],
            from: [0, 100],
            rounds: [0..<2],
            least: 3
        )
        #expect(kept == [[true, true, false, false], [false, true, false, false]])
        // Each round has its own.
        let apart = select(
            [[-1, -2, -9, -4], [-3, -1.5, -9, -9]],
            from: [0, 100],
            rounds: [0..<1, 1..<2],
            least: 1
        )
        #expect(apart == [[true, false, false, false], [false, true, false, false]])
    }

    @Test("of two copies of a block the one with more text on its shorter side goes on")
    func copies() {
        // The text 8..<16 is the blocks 2 and 3 of the first window and 0 and 1 of the second.
        let kept = select([[1, 1, 1, 1], [1, 1, 1, 1]], from: [0, 8], rounds: [0..<2])
        #expect(kept == [[true, true, true, false], [false, true, true, true]])
    }

    @Test("a copy that the other window does not keep stays, and so does one of another round")
    func onlyCopies() {
        let kept = select([[-1, -1, -1, 1], [-1, -1, -1, -1]], from: [0, 8], rounds: [0..<2])
        #expect(kept[0] == [false, false, false, true])
        let apart = select([[1, 1, 1, 1], [1, 1, 1, 1]], from: [0, 8], rounds: [0..<1, 1..<2])
        #expect(apart == [[true, true, true, true], [true, true, true, true]])
    }
}
