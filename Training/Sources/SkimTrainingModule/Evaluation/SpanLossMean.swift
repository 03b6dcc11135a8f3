import EvaluationModule
import Foundation
import QuestionAnsweringModule

/// L_QA over the windows, or the questions, of an evaluation: the mean of the cross-entropies of start and end, as in training
/// without dropout.
struct SpanLossMean {
    private let normalization: SpanNormalization
    private var sum = 0.0
    private var terms = 0

    /// A mean of nothing yet, over the positions that the run normalises over.
    init(_ normalization: SpanNormalization) { self.normalization = normalization }

    /// nil before the first window.
    var value: Double? { terms == 0 ? nil : sum / Double(terms) }

    /// Adds the windows of a question but those that cut the answer; the target of one without it is its first token.
    mutating func add(_ answered: AnsweredExample) {
        add(zip(answered.windows, answered.labels).map { ($0.result.startLogits, $0.result.endLogits, $1) })
    }

    /// Adds the windows of a question by their logits and labels.
    mutating func add(_ windows: [(start: [Float], end: [Float], label: LabelledWindow)]) {
        switch normalization {
        case .window: for window in windows { addTerm([window]) }
        case .document: addTerm(windows)
        }
    }

    /// Adds windows whose positions share a softmax, where there is something right among them.
    private mutating func addTerm(_ windows: [(start: [Float], end: [Float], label: LabelledWindow)]) {
        guard SharedSpanLoss.takesPart(windows.map(\.label)) else { return }
        let hasAnswer = windows.contains { $0.label.answer != nil }
        let right = windows.map { hasAnswer ? $0.label.answer : 0...0 }
        let starts = zip(windows, right).map { ($0.start, $1?.lowerBound) }
        let ends = zip(windows, right).map { ($0.end, $1?.upperBound) }
        guard let start = crossEntropy(starts), let end = crossEntropy(ends) else { return }
        sum += 0.5 * (start + end)
        terms += 1
    }

    /// −log of what right positions have of the softmax over all; nil when there is none.
    private func crossEntropy(_ windows: [(logits: [Float], right: Int?)]) -> Double? {
        let right = windows.compactMap { window in
            window.right.flatMap { window.logits.indices.contains($0) ? window.logits[$0] : nil }
        }
        guard let best = right.max() else { return nil }
        let all = windows.flatMap(\.logits)
        let largest = all.max() ?? 0
        func logSum(_ logits: [Float], over base: Float) -> Double {
            log(logits.reduce(0.0) { $0 + exp(Double($1 - base)) })
        }
        return logSum(all, over: largest) - Double(best - largest) - logSum(right, over: best)
    }
}
