import TorchModule

/// The loss against a teacher.
///
/// `L_T = T² (½ (KL_start + KL_end) + α Σ_layers KL_blocks)`, where KL is the Kullback-Leibler divergence
/// `Σ p log(p / q)` of `p = softmax(teacher / T)` and `q = softmax(student / T)`, over the labelled tokens of a window or over
/// the two classes of a block. Spans are a mean over the windows of the step of which a lesson says some; blocks are reduced as the
/// block loss is, without β.
struct TeacherLoss {
    /// What w is when nobody asks.
    static let defaultWeight = 1.0
    /// What T is when nobody asks.
    static let defaultTemperature = 2.0

    /// w, by which the loss goes into the total.
    let weight: Double
    /// T.
    let temperature: Double
    private let alpha: Double
    private let reduction: TrainingConfiguration.BlockLossReduction
    private let includesQuestionAnswering: Bool

    init(_ configuration: TrainingConfiguration) {
        weight = configuration.teacherWeight ?? Self.defaultWeight
        temperature = configuration.temperature ?? Self.defaultTemperature
        alpha = configuration.alpha
        reduction = configuration.blockLoss
        includesQuestionAnswering = !configuration.freezeEncoder
    }

    /// The loss of a part of a step.
    func callAsFunction(
        _ output: SkimmingModel.Output,
        _ batch: TeacherBatch,
        _ denominators: JointLoss.Denominators,
        on device: Device
    ) throws(TorchError) -> Tensor {
        var total = try Tensor([0], shape: [], on: device)
        if includesQuestionAnswering {
            let scale = 0.5 / Double(max(1, denominators.taughtWindows))
            total = try total.adding(divergence(output.startLogits, batch.start, on: device), scale: scale)
            total = try total.adding(divergence(output.endLogits, batch.end, on: device), scale: scale)
        }
        let divisor =
            switch reduction {
            case .mean: denominators.taughtBlocks
            case .sum: denominators.windows
            }
        for layer in batch.blocks.keys.sorted() {
            guard let logits = output.blockLogits[layer], let target = batch.blocks[layer] else { continue }
            let scale = alpha / Double(max(1, divisor))
            total = try total.adding(divergence(logits, target, on: device), scale: scale)
        }
        return total
    }

    /// T² Σ KL over rows of logits `[rows, places]`.
    private func divergence(
        _ logits: Tensor,
        _ target: TeacherBatch.Target,
        on device: Device
    ) throws(TorchError) -> Tensor {
        let places = logits.shape[1]
        let unseen = try Tensor([Float](repeating: -1e9, count: places), shape: [1, places], on: device)
        let student = try logits.replaced(by: unseen, whereZero: target.labelled)
            .scaled(by: 1 / temperature).logSoftmax()  // [rows, places]
        return try target.logProbabilities.adding(student, scale: -1).multiplied(by: target.probabilities)
            .sum().scaled(by: temperature * temperature)
    }
}
