import Testing

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

    @Test func nothingToDivideByGivesZero() {
        #expect(KeptCounts().keptFraction == 0 && KeptCounts().answerBlockRecall == 0)
    }
}
