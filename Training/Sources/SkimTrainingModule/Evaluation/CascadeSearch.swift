/// Finds cascades with a threshold for each layer, without a forward pass for each: Section 4.3's choice of a layer, for several
/// at once.
///
/// What to do after each layer is searched one layer at a time, the others held, until nothing changes (coordinate descent). The
/// least is sought of
///
///     work + λ · loss
///
/// with the work as the percentage of the dense encoder's (the inverse of equation 6) and the loss in points of F1, both as
/// ``RelevanceTrace`` estimates them. The loss is that of the questions that lose; what others gain is chance, and would be
/// searched for where a few hundred answers allow it. λ says how many percent of work a point is worth; each λ gives one cascade.
struct CascadeSearch {
    /// A cascade with its estimates.
    struct Finding: Equatable {
        var cascade: Cascade
        /// Tokens × layers over those of the dense encoder.
        var work: Double
        /// The F1 that questions lose, in points, over all questions.
        var loss: Double
    }

    private static let lossWeights = [1024.0, 512, 256, 128, 64, 45, 32, 23, 16, 11, 8, 4]
    /// The thresholds that are tried for a layer divide its blocks into so many parts of equal size.
    private static let parts = 32
    private static let mostSweeps = 10
    /// How far apart cascades are that are safer than the safest found.
    private static let saferLogits = 0.5

    private let traces: [RelevanceTrace]
    private let dense: [(f1: Double, layerTokens: Int)]
    private let start: Cascade
    /// The thresholds to try of each layer.
    private let thresholds: [[Double]]

    /// - Parameters:
    ///   - traces: At least one question.
    ///   - layers: The layers whose classifiers the traces are of, ascending.
    ///   - layerCount: L.
    ///   - minimumKeptBlocks: At least this many of a window's best blocks are kept.
    init(_ traces: [RelevanceTrace], layers: [Int], layerCount: Int, minimumKeptBlocks: Int) {
        self.traces = traces
        start = Cascade(
            layers: layers,
            thresholds: layers.map { _ in 1 },
            layerCount: layerCount,
            minimumKeptBlocks: minimumKeptBlocks
        )
        dense = traces.map { [start] in $0.outcome(start) }
        thresholds = layers.indices.map { layer in
            let values = traces.flatMap { $0.windows.flatMap { $0.irrelevance[layer] } }.sorted()
            guard !values.isEmpty else { return [1] }
            let steps = (1..<Self.parts).map { values[values.count * $0 / Self.parts] }
            return Array(Set(steps)).sorted() + [1]
        }
    }

    /// What a cascade is estimated to give.
    func estimate(_ cascade: Cascade) -> Finding {
        var (lost, tokens, allTokens) = (0.0, 0, 0)
        for (trace, dense) in zip(traces, dense) {
            let outcome = trace.outcome(cascade)
            lost += max(dense.f1 - outcome.f1, 0)
            tokens += outcome.layerTokens
            allTokens += dense.layerTokens
        }
        return Finding(
            cascade: cascade,
            work: Double(tokens) / Double(max(allTokens, 1)),
            loss: 100 * lost / Double(max(traces.count, 1))
        )
    }

    /// The best cascades, from the safest to the fastest.
    ///
    /// - Parameter count: At most so many: those between are left out.
    /// - Returns: Cascades that drop something, with what they are estimated to give.
    func run(count: Int) -> [Finding] {
        var best = estimate(start)
        var found: [Finding] = []
        for weight in Self.lossWeights {
            best = descend(from: best, weight)
            if best.work < 1, best != found.last { found.append(best) }
        }
        guard found.count > count else { return found }
        return (0..<count).map { found[($0 * (found.count - 1)) / max(count - 1, 1)] }
    }

    /// Cascades that drop less than one that was found, the safest first.
    ///
    /// What is kept is estimated well. What is not known without a pass is how much an answer loses with the text around it,
    /// in a deep encoder far more than these estimates say.
    func safer(than found: Finding, count: Int) -> [Finding] {
        (0..<max(count, 0)).reversed()
            .map { estimate(found.cascade.safer(by: Self.saferLogits * Double($0 + 1))) }
            .filter { $0.work < 1 }
    }

    /// Improves one layer's threshold after the other until none can be.
    private func descend(from start: Finding, _ weight: Double) -> Finding {
        func cost(_ finding: Finding) -> Double { 100 * finding.work + weight * finding.loss }
        var best = start
        for _ in 0..<Self.mostSweeps {
            let before = best
            for layer in thresholds.indices {
                for threshold in thresholds[layer] where threshold != best.cascade.thresholds[layer] {
                    var cascade = best.cascade
                    cascade.thresholds[layer] = threshold
                    let finding = estimate(cascade)
                    if cost(finding) < cost(best) { best = finding }
                }
            }
            if best == before { break }
        }
        return best
    }
}
