#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which blocks of a window are kept.
public struct BlockSelection: Sendable, Equatable {
    /// The predicted probability, from 0 to 1, that a block still matters, for each block.
    public let relevance: [Float]
    /// Whether a block is kept, for each block.
    public let kept: [Bool]

    /// The number of kept blocks.
    package var keptCount: Int { kept.count { $0 } }

    /// Whether the window goes through no further layer: it has blocks and none is kept.
    ///
    /// Happens only with a minimum of 0 kept blocks. A window without any passage token has nothing to skim and
    /// goes on as it is.
    package var stopsNetwork: Bool { !kept.isEmpty && !kept.contains(true) }

    /// A choice made elsewhere, such as a forced one in a benchmark.
    package init(relevance: [Float], kept: [Bool]) {
        precondition(relevance.count == kept.count, "\(relevance.count) blocks, \(kept.count) decisions")
        self.relevance = relevance
        self.kept = kept
    }

    /// Chooses by what the Block Skim Module says.
    ///
    /// A block is dropped when `P(irrelevant) > threshold`, where P is the softmax over its two logits. When
    /// that leaves fewer than `minimumKeptBlocks`, the most relevant ones are kept; of equally relevant ones the
    /// earlier. A block whose logits are not numbers is kept.
    ///
    /// - Parameters:
    ///   - logits: `[blocks, 2]`; index 1 is "relevant".
    ///   - threshold: τ, from 0 to 1.
    ///   - minimumKeptBlocks: at least 0; may exceed the number of blocks.
    public init(logits: [Float], threshold: Double, minimumKeptBlocks: Int) {
        precondition(logits.count.isMultiple(of: 2), "\(logits.count) logits are not two a block")
        // How much more relevant than irrelevant a block is; orders blocks as the probability does, but does
        // not saturate.
        let margins = stride(from: 0, to: logits.count, by: 2).map {
            Double(logits[$0 + 1]) - Double(logits[$0])
        }
        relevance = margins.map { Float(1 / (1 + exp(-$0))) }
        var kept = margins.map { margin in
            let irrelevance = 1 / (1 + exp(margin))
            return !(irrelevance > threshold)
        }
        let missing = minimumKeptBlocks - kept.count { $0 }
        if missing > 0 {
            let candidates = kept.indices.filter { !kept[$0] }.sorted {
                margins[$0] != margins[$1] ? margins[$0] > margins[$1] : $0 < $1
            }
            for blockIndex in candidates.prefix(missing) { kept[blockIndex] = true }
        }
        self.kept = kept
    }
}
