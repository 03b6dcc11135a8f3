import Testing

@testable import SkimTrainingModule

struct RelevanceRankingTests {
    /// Three windows with prefixes of 4 tokens and blocks of 2; relevance is exact in binary.
    private var ranking: RelevanceRanking {
        var ranking = RelevanceRanking()
        ranking.add(prefixTokens: 12)
        for relevance: Float in [0.875, 0.0625, 0.375] {
            ranking.add(relevance: relevance, tokens: 2, holdsAnswer: false)
        }
        for relevance: Float in [0.5, 0.125, 0.25] {
            ranking.add(relevance: relevance, tokens: 2, holdsAnswer: true)
        }
        return ranking
    }

    @Test func keepsAllThatIsAtLeastAsRelevant() {
        // All three: everything but 0.0625.
        #expect(
            ranking.cut(recall: 0.99, layer: 3)
                == .init(layer: 3, skipThreshold: 0.875, keptFraction: 22 / 24)
        )
        // Two of three: the prefixes (12) and the blocks of 0.875, 0.5, 0.375 and 0.25.
        #expect(
            ranking.cut(recall: 0.6, layer: 3) == .init(layer: 3, skipThreshold: 0.75, keptFraction: 20 / 24)
        )
        #expect(
            ranking.cut(recall: 0.3, layer: 3) == .init(layer: 3, skipThreshold: 0.5, keptFraction: 16 / 24)
        )
    }

    @Test func thereIsNoneWithoutAnswers() {
        var ranking = RelevanceRanking()
        #expect(ranking.cut(recall: 0.99, layer: 1) == nil)
        ranking.add(relevance: 0.5, tokens: 2, holdsAnswer: false)
        #expect(ranking.cut(recall: 0.99, layer: 1) == nil)
    }
}
