import BlockSkimModule

/// How much of the windows was kept after skimming, and how many of the blocks that matter.
public struct KeptCounts: Codable, Equatable, Sendable {
    /// Tokens kept, prefix included.
    public var keptTokens = 0
    /// All tokens, prefix included, padding not.
    public var allTokens = 0
    /// Blocks with an answer token that were kept.
    public var keptAnswerBlocks = 0
    /// All blocks with an answer token.
    public var allAnswerBlocks = 0
    /// Windows counted.
    public var windows = 0

    /// Creates counts of no windows.
    public init() {}

    /// Counts one window.
    ///
    /// - Parameters:
    ///   - keptTokens: tokens kept, prefix included.
    ///   - allTokens: all tokens of the window, prefix included.
    ///   - keptAnswerBlocks: blocks with an answer token that were kept.
    ///   - allAnswerBlocks: all blocks with an answer token.
    public mutating func add(
        keptTokens: Int,
        of allTokens: Int,
        keptAnswerBlocks: Int,
        of allAnswerBlocks: Int
    ) {
        precondition(
            (0...allTokens).contains(keptTokens) && (0...allAnswerBlocks).contains(keptAnswerBlocks),
            "kept \(keptTokens) of \(allTokens) tokens, \(keptAnswerBlocks) of \(allAnswerBlocks) answer blocks"
        )
        self.keptTokens += keptTokens
        self.allTokens += allTokens
        self.keptAnswerBlocks += keptAnswerBlocks
        self.allAnswerBlocks += allAnswerBlocks
        windows += 1
    }

    /// Counts one window.
    ///
    /// - Parameters:
    ///   - trace: what was kept of it.
    ///   - answerPositions: where the answer is in the window; empty where it is not.
    public mutating func add(_ trace: SkimTrace, answerPositions: Range<Int>) {
        let answerBlocks = (trace.layers.first?.blocks ?? []).filter {
            $0.positions.overlaps(answerPositions)
        }
        let dropped = trace.droppedPositions
        add(
            keptTokens: trace.layers.last?.keptTokens ?? trace.tokens,
            of: trace.tokens,
            keptAnswerBlocks: answerBlocks.count { !dropped.contains($0.positions) },
            of: answerBlocks.count
        )
    }

    /// Adds the counts of other windows.
    public static func += (counts: inout KeptCounts, others: KeptCounts) {
        counts.keptTokens += others.keptTokens
        counts.allTokens += others.allTokens
        counts.keptAnswerBlocks += others.keptAnswerBlocks
        counts.allAnswerBlocks += others.allAnswerBlocks
        counts.windows += others.windows
    }

    /// The paper's k (equation 6): kept tokens over all tokens, 0...1; 0 without tokens.
    public var keptFraction: Double { ratio(keptTokens, allTokens) }

    /// Of the blocks with an answer, the share that was kept, 0...1; 0 without such blocks.
    public var answerBlockRecall: Double { ratio(keptAnswerBlocks, allAnswerBlocks) }
}
