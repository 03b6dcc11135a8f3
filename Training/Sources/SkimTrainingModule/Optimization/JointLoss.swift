import TorchModule

/// The joint loss of a step.
///
/// Eq. 5: `L = L_QA + α Σ_layers (β L(y=1) + L(y=0))`, and with a teacher `+ w L_T`; see ``TeacherLoss``.
///
/// A step may be computed in parts, by several processes or one after the other. The loss of a part is its share of
/// the step's, so that losses and gradients of parts add up to those of the whole.
struct JointLoss {
    /// α.
    var alpha: Double
    /// β.
    var beta: Double
    var reduction: TrainingConfiguration.BlockLossReduction
    /// The share of a span's target that is spread evenly over the tokens of its window.
    var smoothing: Double
    /// Whether the span head learns; otherwise the block loss is all there is.
    var includesQuestionAnswering: Bool
    /// L_T and w.
    var teaching: TeacherLoss

    init(_ configuration: TrainingConfiguration) {
        alpha = configuration.alpha
        beta = configuration.beta
        reduction = configuration.blockLoss
        smoothing = configuration.labelSmoothing
        includesQuestionAnswering = !configuration.freezeEncoder
        teaching = TeacherLoss(configuration)
    }

    /// What the losses of all parts of a step are divided by.
    struct Denominators: Equatable {
        /// The windows of the step.
        var windows: Int
        /// Those of them, or with a softmax over documents the questions, that take part in the loss of spans.
        var spanWindows: Int
        /// Σ of the weights of its passage blocks.
        var blockWeight: Double
        /// The windows that the teacher says something of.
        var taughtWindows = 0
        /// The passage blocks that it says something of.
        var taughtBlocks = 0
    }

    /// The parts of the loss.
    struct Parts {
        /// L_QA: the mean, over the windows that do not cut their answer, of the mean of the cross-entropies of start and end;
        /// with a softmax over documents the mean over questions, see ``SharedSpanLoss``.
        var questionAnswering: Tensor
        /// The block loss of each augmented layer, counted from 1, before α.
        var blocks: [Int: Tensor]
        /// L_T before w; nil without a teacher.
        var teaching: Tensor?
        /// All of it.
        var total: Tensor
    }

    /// The denominators of a step over the given blocks.
    func denominators(
        windows: Int,
        spanWindows: Int,
        blocksWithAnswer: Int,
        blocksWithout: Int
    ) -> Denominators {
        Denominators(
            windows: windows,
            spanWindows: spanWindows,
            blockWeight: beta * Double(blocksWithAnswer) + Double(blocksWithout)
        )
    }

    /// The loss of a part of a step.
    ///
    /// - Parameters:
    ///   - output: what the model says of the part.
    ///   - batch: its windows and labels.
    ///   - shared: the labels of its questions; nil where every window has a softmax of its own.
    ///   - lessons: what a teacher says of them; nil without one.
    ///   - denominators: those of the whole step.
    ///   - device: where all that is.
    /// - Returns: its parts.
    /// - Throws: `torch`.
    func callAsFunction(
        _ output: SkimmingModel.Output,
        _ batch: WindowBatch,
        shared: SharedSpanLoss? = nil,
        lessons: TeacherBatch? = nil,
        _ denominators: Denominators,
        on device: Device
    ) throws(TrainingError) -> Parts {
        try TrainingError.wrapping {
            let start =
                try shared?.startLossSum(output.startLogits, smoothing: smoothing)
                ?? spanLossSum(output.startLogits, targets: batch.startRows, batch, on: device)
            let end =
                try shared?.endLossSum(output.endLogits, smoothing: smoothing)
                ?? spanLossSum(output.endLogits, targets: batch.endRows, batch, on: device)
            let answering = try start.adding(end).scaled(by: 0.5 / Double(max(1, denominators.spanWindows)))

            var blocks: [Int: Tensor] = [:]
            let divisor =
                switch reduction {
                case .mean: denominators.blockWeight
                case .sum: Double(denominators.windows)
                }
            for (layer, logits) in output.blockLogits where divisor > 0 {
                // Blocks that were dropped before the layer have no loss there.
                let reached = output.blocks[layer] ?? batch.blocks
                let labels = try Tensor(
                    indices: reached.map { $0.holdsAnswer ? 1 : 0 },
                    shape: [reached.count],
                    on: device
                )
                let weights = try Tensor(
                    reached.map { $0.holdsAnswer ? Float(beta) : 1 },
                    shape: [reached.count, 1],
                    on: device
                )
                blocks[layer] = try crossEntropySum(logits, targets: labels, weights: weights)
                    .scaled(by: 1 / divisor)
            }
            var total = includesQuestionAnswering ? answering : try answering.detached().scaled(by: 0)
            for layer in blocks.keys.sorted() {
                guard let loss = blocks[layer] else { continue }
                total = try total.adding(loss, scale: alpha)
            }
            let taught = try lessons.map { try teaching(output, $0, denominators, on: device) }
            if let taught { total = try total.adding(taught, scale: teaching.weight) }
            return Parts(questionAnswering: answering, blocks: blocks, teaching: taught, total: total)
        }
    }

    /// Σ over windows of `−(1 − ε) log p[target] − ε mean log p`, the mean over the tokens of the window.
    private func spanLossSum(
        _ logits: Tensor,
        targets: Tensor,
        _ batch: WindowBatch,
        on device: Device
    ) throws(TorchError) -> Tensor {
        let sharp = try crossEntropySum(logits, targets: targets, weights: batch.spanWeights)
        guard smoothing > 0 else { return sharp }
        let shares = try Tensor(batch.tokens.map { 1 / Float($0) }, shape: [batch.batch, 1], on: device)
        let even = try logits.logSoftmax().multiplied(by: batch.valid).sum(over: [1], keeping: true)
            .multiplied(by: shares).multiplied(by: batch.spanWeights).sum()
        return try sharp.scaled(by: 1 - smoothing).adding(even, scale: -smoothing)
    }

    /// Σ of the weighted cross-entropies of rows of logits `[rows, classes]`.
    private func crossEntropySum(
        _ logits: Tensor,
        targets: Tensor,
        weights: Tensor
    ) throws(TorchError) -> Tensor {
        let chosen = try logits.logSoftmax().gathering(targets.reshaped([targets.shape[0], 1]))  // [rows, 1]
        return try chosen.multiplied(by: weights).sum().scaled(by: -1)
    }
}
