import ArgumentParser
import SkimTrainingModule
import TerminalModule
import TorchModule

extension TrainingConfiguration.BlockLossReduction: ExpressibleByArgument {}
extension PrecisionChoice: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension SpanNormalization: ExpressibleByArgument {}
extension Device: ExpressibleByArgument {}

/// The loss, and how it is brought down.
struct ScheduleOptions: ParsableArguments {
    @Option(
        help: "The weight of the block loss in the total loss (default: the paper's 1, and 0.05 for ALBERT)."
    )
    var alpha: Double?

    @Option(
        help: "The weight in the block loss of a block that holds the answer; other blocks have weight 1."
    )
    var beta = 4.0

    @Option(
        help:
            "How the block loss is reduced: to a weighted mean over the blocks of a batch, or to a sum as in Eq. 4."
    )
    var blockLoss = TrainingConfiguration.BlockLossReduction.mean

    @Option(
        help: """
            What an answer's start and end are found among: the positions of each window, where the answer is the first \
            token of a window that does not hold it, or those of all windows of the document, so that their scores can be \
            compared.
            """
    )
    var spanNormalization = SpanNormalization.window

    @Option(
        help:
            "Spread this share of an answer's target evenly over the tokens that it is found among, from 0 to below 1."
    )
    var labelSmoothing = 0.0

    @Flag(help: "Train only the classifiers and leave the encoder as it is.")
    var freezeEncoder = false

    @Option(
        help:
            "Leave the embeddings and this many layers from below as they are; their block classifiers still learn."
    )
    var freezeLayers = 0

    @Option(help: "How many times to go through the training data; fractions are allowed.")
    var epochs = 2.0

    @Option(help: "The number of windows in a step, over all processes.")
    var batchSize = 16

    @Option(help: "Compute each step in this many parts. More parts need less memory.")
    var accumulation = 1

    @Option(
        help:
            "The learning rate at its peak, after the warm-up (default: the paper's 3e-5, and 5e-5 for ALBERT)."
    )
    var learningRate: Double?

    @Option(
        help:
            "The learning rate of the block classifiers at its peak (default: that of the rest of the model)."
    )
    var classifierLearningRate: Double?

    @Option(
        help:
            "Multiply a layer's learning rate with this for each layer above it: below 1, lower layers learn more slowly."
    )
    var layerDecay = 1.0

    @Option(help: "How the learning rate goes on from its peak to the end.")
    var schedule = LearningRateSchedule.linear

    @Option(help: "The share of the steps that the learning rate takes to rise to its peak, from 0 to 1.")
    var warmup = 0.1

    @Option(help: "The weight decay of AdamW. Biases and normalisation layers have none.")
    var weightDecay = 0.01

    @Option(help: "Scale the gradients down when their norm is larger than this.")
    var clip = 1.0

    @Option(help: "The dropout rate, at least 0 and below 1 (default: the checkpoint's).")
    var dropout: Double?

    @Option(help: "The seed of all random numbers.")
    var seed: UInt64 = 42

    @Option(
        help:
            "The number format of matrix products; auto is bf16 where the device multiplies it natively (AVX-512 BF16, AMX, CUDA), or f32."
    )
    var precision = PrecisionChoice.auto

    @Option(help: "The device to train on.")
    var device = Device.cpu

    /// Puts all but the number format into a configuration, whose model is known.
    ///
    /// - Parameter configuration: what is changed.
    /// - Throws: `encoder`.
    func apply(to configuration: inout TrainingConfiguration) throws {
        let defaults = try FamilyDefaults(model: configuration.model)
        configuration.alpha = alpha ?? defaults.alpha
        configuration.beta = beta
        configuration.blockLoss = blockLoss
        configuration.spanNormalization = spanNormalization
        configuration.labelSmoothing = labelSmoothing
        configuration.freezeEncoder = freezeEncoder
        configuration.epochs = epochs
        configuration.batchSize = batchSize
        configuration.accumulation = accumulation
        configuration.learningRate = learningRate ?? defaults.learningRate
        configuration.classifierLearningRate = classifierLearningRate
        configuration.freezeLayers = freezeLayers
        configuration.layerDecay = layerDecay
        configuration.schedule = schedule
        configuration.warmup = warmup
        configuration.weightDecay = weightDecay
        configuration.clip = clip
        configuration.dropout = dropout
        configuration.seed = seed
        configuration.device = device
    }

    /// Puts the number format into a configuration.
    ///
    /// - Parameters:
    ///   - configuration: what is changed.
    ///   - run: the directory of the run that is resumed; nil for a new one.
    ///   - report: called with a line where there is something to say.
    /// - Throws: `unreadable`, `otherVersion` of the run that is resumed; `torch`.
    func applyPrecision(
        to configuration: inout TrainingConfiguration,
        resuming run: String? = nil,
        report: (String) -> Void = { StandardError.write($0) }
    ) throws {
        configuration.precision = try precision.precision(on: device, resuming: run, report: report)
    }
}
