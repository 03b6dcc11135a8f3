import EncoderModule
import QuestionAnsweringModule
import TorchModule

/// The loss of spans whose positions compete over all windows of a question.
///
/// Clark and Gardner 2018, shared normalisation: `−log Σ p[position]` over the positions that are right, with one softmax over
/// the tokens of all windows of the question. Right is the answer in every window that holds it whole, and for a question
/// without an answer the first token of every window.
struct SharedSpanLoss {
    /// The rows of the batch's windows, question by question; one behind the last where a question has fewer than others.
    private let members: Tensor  // [questions · windows]
    /// 1 where an answer starts, 0 elsewhere, `[questions, windows · rows]`.
    private let starts: Tensor
    /// The same of its end.
    private let ends: Tensor
    /// 1 / the tokens of its question for each token, 0 for padding, `[questions, windows · rows]`.
    private let shares: Tensor
    /// 1 for questions that take part, `[questions]`.
    private let weights: Tensor
    /// Where the answer is when there is none.
    private static let null = ContextWindow.classifierPosition...ContextWindow.classifierPosition
    /// The logits of positions that no softmax sees.
    private let unseen: Tensor  // [1, rows]

    /// - Parameters:
    ///   - questions: how many windows each question has, in the order of the batch.
    ///   - batch: their windows.
    ///   - device: where the tensors are.
    /// - Throws: what libtorch refuses.
    init(questions: [Int], _ batch: WindowBatch, on device: Device) throws(TorchError) {
        let most = questions.max() ?? 0
        let width = most * batch.rows
        var members = [Int](repeating: batch.batch, count: questions.count * most)
        var starts = [Float](repeating: 0, count: questions.count * width)
        var (ends, shares) = (starts, starts)
        var weights: [Float] = []
        var first = 0
        for (question, count) in questions.enumerated() {
            let places = first..<first + count
            let labelled = batch.windows[places]
            let hasAnswer = labelled.contains { $0.answer != nil }
            let share = 1 / Float(batch.tokens[places].reduce(0, +))
            for (place, window) in places.enumerated() {
                members[question * most + place] = window
                let rows = batch.tokenRows[window].map { question * width + place * batch.rows + $0 }
                for row in rows { shares[row] = share }
                guard let answer = hasAnswer ? batch.windows[window].answer : Self.null else { continue }
                starts[rows[answer.lowerBound]] = 1
                ends[rows[answer.upperBound]] = 1
            }
            weights.append(Self.takesPart(labelled) ? 1 : 0)
            first += count
        }
        let shape = [questions.count, width]
        self.members = try Tensor(indices: members, shape: [members.count], on: device)
        self.starts = try Tensor(starts, shape: shape, on: device)
        self.ends = try Tensor(ends, shape: shape, on: device)
        self.shares = try Tensor(shares, shape: shape, on: device)
        self.weights = try Tensor(weights, shape: [questions.count], on: device)
        unseen = try Tensor(
            [Float](repeating: -1e9, count: batch.rows),
            shape: [1, batch.rows],
            on: device
        )
    }

    /// Whether a question teaches where its answer is: not when its windows cut the answer and none holds it whole.
    static func takesPart(_ windows: some Sequence<LabelledWindow>) -> Bool {
        windows.contains { $0.answer != nil } || !windows.contains(where: \.cutsAnswer)
    }

    /// Σ over questions of `−(1 − ε) log Σ p[right] − ε mean log p`, the mean over the tokens of the question.
    ///
    /// - Parameters:
    ///   - logits: the start logits `[batch, rows]`, of padding such that no softmax sees it.
    ///   - smoothing: ε.
    /// - Returns: a scalar.
    /// - Throws: what libtorch refuses.
    func startLossSum(_ logits: Tensor, smoothing: Double) throws(TorchError) -> Tensor {
        try sum(logits, right: starts, smoothing: smoothing)
    }

    /// The same of end logits.
    func endLossSum(_ logits: Tensor, smoothing: Double) throws(TorchError) -> Tensor {
        try sum(logits, right: ends, smoothing: smoothing)
    }

    private func sum(_ logits: Tensor, right: Tensor, smoothing: Double) throws(TorchError) -> Tensor {
        let all = try [logits, unseen].concatenated(along: 0).selecting(members, along: 0)
            .reshaped(right.shape)  // [questions, windows · rows]
        let mass = try all.logSumExp()  // [questions]
        let nothing = try unseen.narrowed(to: 0..<1, along: 1)
        let found = try all.replaced(by: nothing, whereZero: right).logSumExp()
        let sharp = try mass.adding(found, scale: -1).multiplied(by: weights).sum()
        guard smoothing > 0 else { return sharp }
        let even = try all.multiplied(by: shares).sum(over: [1]).adding(mass, scale: -1)
            .multiplied(by: weights).sum()
        return try sharp.scaled(by: 1 - smoothing).adding(even, scale: -smoothing)
    }
}
