import Testing

@testable import BlockSkimModule
@testable import EvaluationModule

@Suite struct BlockClassifierCountsTests {
    @Test func countsEachOutcome() {
        var counts = BlockClassifierCounts()
        for _ in 0..<6 { counts.add(predictedRelevant: true, holdsAnswer: true) }
        for _ in 0..<2 { counts.add(predictedRelevant: true, holdsAnswer: false) }
        for _ in 0..<4 { counts.add(predictedRelevant: false, holdsAnswer: true) }
        for _ in 0..<9 { counts.add(predictedRelevant: false, holdsAnswer: false) }
        #expect(counts.trueNegative == 9)
        #expect(
            counts.scores(layer: 2)
                == BlockClassifierScores(layer: 2, precision: 0.75, recall: 0.6, f1: 12.0 / 18.0)
        )
        var doubled = counts
        doubled += counts
        #expect(doubled.truePositive == 12 && doubled.falsePositive == 4)
        #expect(doubled.trueNegative == 18 && doubled.falseNegative == 8)
    }

    @Test func nothingToDivideByGivesZero() {
        let none = BlockClassifierCounts()
        #expect(none.precision == 0 && none.recall == 0 && none.f1 == 0)
        var onlyMissed = none
        onlyMissed.add(predictedRelevant: false, holdsAnswer: true)
        #expect(onlyMissed.precision == 0 && onlyMissed.recall == 0 && onlyMissed.f1 == 0)
    }
}

@Suite struct KeptCountsTests {
    @Test func weighsWindowsByTheirTokens() {
        var counts = KeptCounts()
        counts.add(keptTokens: 10, of: 100, keptAnswerBlocks: 1, of: 1)
        counts.add(keptTokens: 20, of: 20, keptAnswerBlocks: 0, of: 1)
        #expect(counts.keptFraction == 0.25)
        #expect(counts.answerBlockRecall == 0.5)
        var both = KeptCounts()
        both += counts
        both += counts
        #expect(both.windows == 4 && both.allTokens == 240 && both.keptFraction == 0.25)
        #expect(both.keptAnswerBlocks == 2 && both.allAnswerBlocks == 4)
    }

    /// 10 tokens: a prefix of 2, and blocks of 4, 2 and 2; after layer 1 the first goes, after layer 3 the last.
    private static let cascade: SkimTrace = {
        func block(_ positions: Range<Int>, _ kept: Bool) -> SkimTrace.Block {
            SkimTrace.Block(positions: positions, relevance: kept ? 1 : 0, kept: kept)
        }
        var trace = SkimTrace(tokens: 10)
        trace.layers = [
            SkimTrace.Layer(
                skimLayer: 1,
                blocks: [block(2..<6, false), block(6..<8, true), block(8..<10, true)],
                keptTokens: 6
            ),
            SkimTrace.Layer(skimLayer: 3, blocks: [block(6..<8, true), block(8..<10, false)], keptTokens: 4),
        ]
        return trace
    }()

    @Test(arguments: [(0..<0, 0, 0), (2..<3, 0, 1), (5..<7, 1, 2), (7..<9, 1, 2), (6..<8, 1, 1)])
    func countsABlockOfACascadeOnce(answer: Range<Int>, kept: Int, all: Int) {
        var counts = KeptCounts()
        counts.add(Self.cascade, answerPositions: answer)
        #expect(counts.keptAnswerBlocks == kept && counts.allAnswerBlocks == all)
        #expect(counts.keptTokens == 4 && counts.allTokens == 10 && counts.windows == 1)
    }

    @Test func layerTokensAreThoseThatGoThroughEachLayer() {
        #expect(Self.cascade.layerTokens(layerCount: 5) == 10 + 6 + 6 + 4 + 4)
        #expect(Self.cascade.layerTokens(layerCount: 3) == 10 + 6 + 6)
        #expect(SkimTrace(tokens: 7).layerTokens(layerCount: 4) == 28)
    }

    @Test func nothingToDivideByGivesZero() {
        #expect(KeptCounts().keptFraction == 0 && KeptCounts().answerBlockRecall == 0)
    }
}
