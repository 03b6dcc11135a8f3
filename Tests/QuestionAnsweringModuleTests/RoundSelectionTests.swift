import Testing

@testable import BlockSkimModule
@testable import QuestionAnsweringModule

/// The choice among the blocks of the windows that one question reads in a round.
@Suite("Selection across windows")
struct RoundSelectionTests {
    private func select(
        _ margins: [[Float]],
        rounds: [Range<Int>],
        least: Int = 0
    ) -> [[Bool]] {
        let selection = RoundSelection(
            policy: SkimPolicy(layers: [2], threshold: 0.5, minimumKeptBlocks: least),
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
        let kept = select([[-1, -2, -1, -1], [1, -1, -1, -1]], rounds: [0..<2], least: 1)
        #expect(kept == [[false, false, false, false], [true, false, false, false]])
    }

    @Test("the most relevant blocks of a round are kept when the threshold leaves too few")
    func least() {
        let kept = select(
            [[-1, -2, -9, -4], [-3, -1.5, -9, -9]],
            rounds: [0..<2],
            least: 3
        )
        #expect(kept == [[true, true, false, false], [false, true, false, false]])
        // Each round has its own.
        let apart = select(
            [[-1, -2, -9, -4], [-3, -1.5, -9, -9]],
            rounds: [0..<1, 1..<2],
            least: 1
        )
        #expect(apart == [[true, false, false, false], [false, true, false, false]])
    }
}
