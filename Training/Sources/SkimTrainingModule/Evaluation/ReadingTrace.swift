import EvaluationModule
import QuestionAnsweringModule

/// A question about a document whose windows were read best-first, as far as any setting may go.
struct ReadingTrace {
    /// A window, in the order of reading.
    struct Window {
        /// BM25 of the question.
        var promise: Double
        /// Start logit + end logit of its best span; nil when it has none.
        var score: Double?
        /// F1 of that span, in percent.
        var f1: Double
        /// The sum over the layers of the tokens that went through each.
        var layerTokens: Int
    }

    var windows: [Window]
    /// The promise of the window that would have been next; nil when there is none.
    var next: Double?

    /// What a setting makes of it: ``BestFirstReading``'s rule, without another pass.
    ///
    /// - Parameter reading: λ, θ, and how many windows are read.
    /// - Returns: F1 in percent, the tokens through all layers, and the windows that are read.
    func outcome(_ reading: BestFirstReading) -> (f1: Double, layerTokens: Int, windows: Int) {
        var best: (score: Double, f1: Double)?
        var layerTokens = 0
        let limit = min(reading.maximumWindows, windows.count)
        var read = 0
        while read < limit {
            for window in windows[read..<min(read + reading.windowsPerRound, limit)] {
                read += 1
                layerTokens += window.layerTokens
                guard let score = window.score.map({ $0 + reading.promiseWeight * window.promise }) else {
                    continue
                }
                if score > best?.score ?? -.infinity { best = (score, window.f1) }
            }
            guard let upcoming = read < windows.count ? windows[read].promise : next, let best,
                let margin = reading.stopMargin
            else { continue }
            if best.score - reading.promiseWeight * upcoming >= margin { break }
        }
        return (best?.f1 ?? 0, layerTokens, read)
    }
}
