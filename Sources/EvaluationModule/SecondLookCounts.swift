import QuestionAnsweringModule

/// How often blocks that were dropped went on after all for some questions, and what that took.
public struct SecondLookCounts: Codable, Equatable, Sendable {
    /// How many questions were looked at again.
    public var questions = 0
    /// The same over all questions, 0...1.
    public var questionFraction: Double
    /// How many windows were looked at again.
    public var windows = 0
    /// The sum over the layers of the tokens that went through each for it, over that of a dense run, 0...1.
    public var layerTokenFraction: Double
}

/// The work of some questions in tokens × layers.
struct LayerTokenCounts {
    private var questions = 0
    private var questionsLookedAt = 0
    private var windowsLookedAt = 0
    private var layerTokens = 0
    private var secondLookLayerTokens = 0
    private var denseLayerTokens = 0

    /// Counts one question.
    mutating func add(_ windows: [WindowResult]) {
        let lookedAt = windows.count { $0.firstTrace != nil }
        questions += 1
        questionsLookedAt += lookedAt > 0 ? 1 : 0
        windowsLookedAt += lookedAt
        for window in windows {
            layerTokens += window.layerTokens
            secondLookLayerTokens += window.secondLookLayerTokens
            denseLayerTokens += window.trace.tokens * window.layerCount
        }
    }

    /// Both looks, over a dense run; more than 1 where looking again takes more than skimming saves.
    var fraction: Double { ratio(layerTokens, denseLayerTokens) }

    /// The second looks; nil where there were none.
    var secondLooks: SecondLookCounts? {
        guard questionsLookedAt > 0 else { return nil }
        return SecondLookCounts(
            questions: questionsLookedAt,
            questionFraction: ratio(questionsLookedAt, questions),
            windows: windowsLookedAt,
            layerTokenFraction: ratio(secondLookLayerTokens, denseLayerTokens)
        )
    }
}
