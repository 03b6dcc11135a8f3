import BlockSkimModule
import TestSupport
import Testing

@Suite struct BlockSelectionTests {
    /// Logits at which a block's probability of irrelevance is 0.5, 0.73, 0.27.
    private let logits: [Float] = [3, 3, 1, 0, 0, 1]

    @Test func dropsBlocksWhoseProbabilityOfIrrelevanceExceedsTheThreshold() {
        func kept(_ threshold: Double) -> [Bool] {
            BlockSelection(logits: logits, threshold: threshold, minimumKeptBlocks: 0).kept
        }
        #expect(kept(1) == [true, true, true])
        #expect(kept(0.7) == [true, false, true])
        #expect(kept(0.5) == [true, false, true])
        #expect(kept(0.4999) == [false, false, true])
        #expect(kept(0) == [false, false, false])
    }

    @Test func relevanceIsTheSoftmaxOfTheSecondLogit() {
        let selection = BlockSelection(
            logits: logits + [1000, -1000, -1000, 1000],
            threshold: 0.5,
            minimumKeptBlocks: 0
        )
        #expect(difference(selection.relevance, [0.5, 0.26894142, 0.73105858, 0, 1]) == nil)
        #expect(selection.kept == [true, false, true, false, true])
    }

    @Test func keepsTheMostRelevantBlocksWhenTooFewPass() {
        func kept(_ minimum: Int) -> [Bool] {
            BlockSelection(logits: logits, threshold: 0, minimumKeptBlocks: minimum).kept
        }
        #expect(kept(1) == [false, false, true])
        #expect(kept(2) == [true, false, true])
        #expect(kept(9) == [true, true, true])
    }

    @Test func prefersTheEarlierOfEquallyRelevantBlocks() {
        let selection = BlockSelection(
            logits: [5, 0, 1, 0, 1, 0, 1, 0],
            threshold: 0.5,
            minimumKeptBlocks: 2
        )
        #expect(selection.kept == [false, true, true, false])
    }

    /// Probabilities this far out are all 0, but the logits still say which block is best.
    @Test func ordersBlocksWhoseProbabilitiesVanish() {
        let selection = BlockSelection(
            logits: [2000, 0, 1000, 0, 3000, 0],
            threshold: 0.5,
            minimumKeptBlocks: 1
        )
        #expect(selection.kept == [false, true, false])
    }

    @Test func keepsBlocksWhoseLogitsAreNotNumbers() {
        let selection = BlockSelection(
            logits: [.nan, 0, 9, 0, .infinity, .infinity],
            threshold: 0.5,
            minimumKeptBlocks: 0
        )
        #expect(selection.kept == [true, false, true])
    }

    @Test func stopsTheNetworkOnlyWhenThereAreBlocksAndNoneIsKept() {
        let none = BlockSelection(logits: logits, threshold: 0, minimumKeptBlocks: 0)
        #expect(none.stopsNetwork)
        #expect(!BlockSelection(logits: logits, threshold: 0, minimumKeptBlocks: 1).stopsNetwork)
        #expect(!BlockSelection(logits: [], threshold: 0, minimumKeptBlocks: 0).stopsNetwork)
    }
}
