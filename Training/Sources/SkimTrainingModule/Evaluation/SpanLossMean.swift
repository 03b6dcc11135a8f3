import EvaluationModule
import Foundation

/// L_QA over the windows of an evaluation: the mean of the cross-entropies of start and end, as in training without dropout.
struct SpanLossMean {
    private var sum = 0.0
    private var windows = 0

    /// nil before the first window.
    var value: Double? { windows == 0 ? nil : sum / Double(windows) }

    /// Adds the windows of a question but those that cut the answer; the target of one without it is its first token.
    mutating func add(_ answered: AnsweredExample) {
        for ((result, _), label) in zip(answered.windows, answered.labels) where !label.cutsAnswer {
            let first = label.answer?.lowerBound ?? 0
            let last = label.answer?.upperBound ?? 0
            guard result.startLogits.indices.contains(first), result.endLogits.indices.contains(last) else {
                continue
            }
            sum +=
                0.5
                * (crossEntropy(result.startLogits, target: first)
                    + crossEntropy(result.endLogits, target: last))
            windows += 1
        }
    }

    private func crossEntropy(_ logits: [Float], target: Int) -> Double {
        let largest = logits.max() ?? 0
        let sum = logits.reduce(0.0) { $0 + exp(Double($1 - largest)) }
        return log(sum) - Double(logits[target] - largest)
    }
}
