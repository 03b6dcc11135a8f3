import BlockSkimModule

/// Decides whether the windows of a round are looked at again with all their blocks (``SkimPolicy/secondLookScore``).
///
/// Goes by the windows that its question read before and by the round alone, so that it decides the same whatever else is in the
/// pass.
struct SecondLook: Sendable {
    /// What start logit + end logit of the best span must be at least.
    let score: Double
    /// What becomes of dropped tokens.
    let skippedPositions: SkippedPositions
    /// The windows of the round, by their place in the text, and by how many logits their spans count for more.
    let round: [(windowIndex: Int, prior: Float)]
    /// What the windows before the round say.
    let decoder: SpanDecoder
    /// When the question's time is used up.
    let deadline: ContinuousClock.Instant?

    /// The windows of the round that are looked at again, by their place among the windows of the pass.
    ///
    /// - Parameter results: What the model says of the windows of the round.
    /// - Returns: Those of which something was dropped, when the best span is too weak; else none.
    func windows(of results: ArraySlice<WindowResult>) -> [Int] {
        let dropping = results.indices.filter { !results[$0].trace.droppedPositions.isEmpty }
        guard !dropping.isEmpty, deadline.map({ ContinuousClock().now < $0 }) ?? true else { return [] }
        var decoder = decoder
        for (window, result) in zip(round, results) {
            let added: Void? = try? decoder.add(
                result,
                at: window.windowIndex,
                skippedPositions: skippedPositions,
                prior: window.prior
            )
            // The question fails when the round is taken in.
            guard added != nil else { return [] }
        }
        return decoder.bestLogits.map(Double.init) ?? -.infinity < score ? dropping : []
    }
}

extension SpanDecoder {
    /// Takes in what the model says of one window.
    ///
    /// - Parameters:
    ///   - result: What it says.
    ///   - windowIndex: The window's place among the question's windows.
    ///   - skippedPositions: What becomes of dropped tokens; nil for a dense run.
    ///   - prior: By how many logits its spans count for more.
    /// - Throws: `unusableLogit`.
    mutating func add(
        _ result: WindowResult,
        at windowIndex: Int,
        skippedPositions: SkippedPositions?,
        prior: Float
    ) throws(QuestionAnsweringError) {
        try add(
            result.window,
            at: windowIndex,
            startLogits: result.startLogits,
            endLogits: result.endLogits,
            keptPositions: skippedPositions == .excluded ? result.trace.keptPositions : nil,
            prior: prior
        )
    }
}
