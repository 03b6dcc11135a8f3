import ArgumentParser
import Foundation
import SkimTrainingModule
import TerminalModule
import TorchModule

extension TrainingConfiguration.BlockClassifier: ExpressibleByArgument {}
extension TrainingConfiguration.BlockLossReduction: ExpressibleByArgument {}
extension TrainingConfiguration.Precision: ExpressibleByArgument {}
extension PrecisionChoice: ExpressibleByArgument {}
extension BestCriterion: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension SpanNormalization: ExpressibleByArgument {}
extension Device: ExpressibleByArgument {}

/// `blockskim-train train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model to answer questions and to predict which blocks hold the answer.",
        discussion: """
            The options for the rows of the paper's Table 2:
              1       --classifier none
              2       none: these are the defaults
              3       --freeze-encoder, with the model of row 1
              4       --classifier hand-crafted
              5       --augment-layers 4
              6       --augment-layers 4 --skim-in-training 4
              7 to 11 --block-size 1, 8, 16, 64 or 128
            """
    )

    @OptionGroup(title: "Data and model") var data: DataOptions
    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Blocks") var blocks: BlockOptions
    @OptionGroup(title: "Loss and schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Teacher") var teacher: TeacherOptions
    @OptionGroup(title: "Run") var flags: RunFlags
    @OptionGroup var best: BestOption
    @OptionGroup var threads: ThreadOption

    func run() throws {
        let place = try ProcessPlace(environment: ProcessInfo.processInfo.environment)
        let say: (String) -> Void = { if place.leads { StandardError.write($0) } }
        var configuration = try TrainingConfiguration(
            data,
            blocks,
            schedule,
            resuming: flags.resume ? flags.output : nil,
            report: say
        )
        teacher.apply(to: &configuration)
        configuration.bestBy = best.bestBy
        configuration.processes = place.world
        let budget = try threads.budget()
        if flags.plan {
            print(try TrainingPlan(configuration, threads: budget.threads, report: say))
            return
        }
        var options = RunOptions()
        try flags.apply(to: &options)
        options.threads = budget
        options.processes = place
        options.reportsSteps = !StandardError.showsProgress
        Interrupt.listen(
            saying: place.leads
                ? "\nStopping after this step, with a checkpoint that --resume goes on from; once more stops at once.\n"
                : nil
        )
        let trainer = Trainer(
            configuration,
            options: options,
            report: { StandardError.write($0) },
            showProgress: { if place.leads { StandardError.showProgress($0) } },
            isInterrupted: { Interrupt.isRequested }
        )
        let ending = try trainer.run()
        if place.leads { Plots.draw(run: options.output, report: say) }
        if case .interrupted = ending, let status = Interrupt.exitStatus { throw ExitCode(status) }
    }
}

extension TrainingConfiguration {
    /// What the options say, all of them but those of the run.
    ///
    /// - Parameters:
    ///   - data: what is learnt from.
    ///   - blocks: what the block classifiers are.
    ///   - schedule: how the loss is brought down.
    ///   - run: the directory of the run that is resumed; nil for a new one.
    ///   - report: called with a line where there is something to say.
    /// - Throws: `encoder`, `blockSkim`, `unreadable`, `otherVersion`, `torch`.
    init(
        _ data: DataOptions,
        _ blocks: BlockOptions,
        _ schedule: ScheduleOptions,
        resuming run: String?,
        report: (String) -> Void
    ) throws {
        self.init()
        data.apply(to: &self)
        if let line = try blocks.apply(to: &self), run == nil { report(line) }
        try schedule.apply(to: &self)
        try schedule.applyPrecision(to: &self, resuming: run, report: report)
    }
}

/// What is learnt from, and with what.
struct DataOptions: ParsableArguments {
    @Option(help: "The checkpoint directory of the model to start from.")
    var model: String

    @Option(parsing: .upToNextOption, help: "The data sets to train on: SQuAD JSON or MRQA JSON Lines.")
    var train: [String]

    @Option(
        parsing: .upToNextOption,
        help:
            "Train on at most this many questions of each data set, chosen at random: one number for all, or one number for each (default: all questions)."
    )
    var cap: [Int] = []

    @Option(
        parsing: .upToNextOption,
        help:
            "Take the questions of each data set this many times an epoch: one number for all, or one number for each. 2 takes all of them twice, 0.5 a random half (default: once)."
    )
    var weight: [Double] = []

    @Option(
        help:
            "Train on at most this many windows without an answer, chosen at random, for each window with one (default: all windows)."
    )
    var negativeWindows: Double?

    @Option(
        help:
            "Train on at most this many windows of a question: those that hold its answer, and others chosen at random (default: all, and 8 with --span-normalization document)."
    )
    var windowsPerQuestion: Int?

    @Flag(
        help:
            "Count a block as relevant when it holds a token of any reference answer. The paper goes by the first alone."
    )
    var allSpans = false

    @Option(
        parsing: .upToNextOption,
        help: "The development data sets, which EM and F1 are measured on (default: none)."
    )
    var dev: [String] = []

    @Option(help: "Measure on at most this many questions of each development data set (default: all).")
    var devLimit: Int?

    @Option(help: "The maximum number of tokens in a window, question and special tokens included.")
    var maxLength = 384

    @Option(help: "How many context tokens consecutive windows share.")
    var overlap = 128

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.model = model
        configuration.train = train
        configuration.caps = cap
        configuration.weights = weight
        configuration.negativeWindows = negativeWindows
        configuration.windowsPerQuestion = windowsPerQuestion
        configuration.allSpans = allSpans
        configuration.dev = dev
        configuration.devLimit = devLimit
        configuration.maximumLength = maxLength
        configuration.overlap = overlap
    }
}

/// What the block classifiers are.
struct BlockOptions: ParsableArguments {
    @Option(
        help: """
            What predicts whether a block holds the answer: the Block Skim Module (module), a linear layer on \
            the features of Eq. 2 (hand-crafted), or nothing (default: as in the model's blockskim.json, or module).
            """
    )
    var classifier: TrainingConfiguration.BlockClassifier?

    @Option(
        help:
            "The number of tokens in a block, from 1 to 128 (default: as in the model's blockskim.json, or 32)."
    )
    var blockSize: Int?

    @Option(
        help: """
            Where blocks start: at the first token of the passage (passage_aligned) or of the window (absolute) \
            (default: as in the model's blockskim.json, or passage_aligned).
            """
    )
    var blockLayout: String?

    @Option(
        help: """
            The part of the attention that the module sees: the whole matrix (full), or only each block's attention to \
            itself (diagonal) (default: as in the model's blockskim.json, or full).
            """
    )
    var attentionRegion: String?

    @Option(
        help: """
            How many channels of the hidden states the module sees besides attention. The paper uses none (default: as \
            in the model's blockskim.json, or 0).
            """
    )
    var stateChannels: Int?

    @Option(
        parsing: .upToNextOption,
        help: """
            The layers that get a classifier, counted from 1 (default: those that have one, if the model has a \
            blockskim.json, or all).
            """
    )
    var augmentLayers: [Int] = []

    @Option(
        help:
            "Also drop blocks during training, after this layer, which must have a classifier. Later classifiers learn from what is left (default: drop none)."
    )
    var skimInTraining: Int?

    @Option(
        help: """
            Drop a block when its probability of being irrelevant is above this. Higher is safer and slower (default: as \
            in the model's blockskim.json, or 0.9).
            """
    )
    var skipThreshold: Double?

    @Option(
        parsing: .upToNextOption,
        help: """
            The layers after which the exported model drops blocks, counted from 1 (default: as in the model's \
            blockskim.json, or of the layers with a classifier, the one nearest to a third of the depth).
            """
    )
    var skimLayer: [Int] = []

    @Option(
        help: """
            What becomes of the tokens of dropped blocks in the exported model: they cannot be part of an answer (excluded), \
            or the span head sees their states of the skim layer, as in the paper (forwarded) (default: as in the model's \
            blockskim.json, or excluded, and forwarded with --skim-in-training, where the head learns from such states).
            """
    )
    var skippedPositions: String?

    /// Puts the settings into a configuration, whose model is known.
    ///
    /// - Parameter configuration: what is changed.
    /// - Returns: what comes from the checkpoint, in a line for the user.
    /// - Throws: `encoder`, `blockSkim`.
    func apply(to configuration: inout TrainingConfiguration) throws -> String? {
        var settings = BlockSettings()
        settings.classifier = classifier
        settings.blockSize = blockSize
        settings.blockLayout = blockLayout
        settings.attentionRegion = attentionRegion
        settings.stateChannels = stateChannels
        settings.augmentLayers = augmentLayers
        settings.skimInTraining = skimInTraining
        settings.skipThreshold = skipThreshold
        settings.skimLayers = skimLayer
        settings.skippedPositions = skippedPositions
        return try settings.apply(to: &configuration)
    }
}

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

/// What is kept, and how often.
struct RunFlags: ParsableArguments {
    @Option(
        help:
            "The directory of the run: checkpoints, metrics and the exported model go there. Required, except with --plan."
    )
    var output: String?

    @Flag(help: "Continue the run in --output from its last checkpoint.")
    var resume = false

    @Flag(help: "Delete the run in --output and start a new one.")
    var overwrite = false

    @Flag(help: "Only print how many windows and steps the run has and what memory and time it will take.")
    var plan = false

    @Option(help: "Write a checkpoint each time this many steps are done (default: once an epoch).")
    var checkpointEvery: Int?

    @Option(help: "How many checkpoints to keep; older ones are deleted.")
    var keptCheckpoints = 2

    @Option(
        help: "Measure on the development data each time this many steps are done (default: once an epoch)."
    )
    var evaluateEvery: Int?

    @Option(
        help:
            "End the run when this many evaluations one after the other were no better than the best (default: never)."
    )
    var patience: Int?

    @Option(help: "Log the metrics each time this many steps are done.")
    var logEvery = 10

    @Option(
        help:
            "Stop after this many steps, counted from where this command starts; --resume continues the run (default: go on to the end)."
    )
    var stopAfter: Int?

    @Option(
        help: ArgumentHelp(
            "Stop in time to be done after this long, for example 90m, 2h or 1d12h; --resume continues the run (default: go on to the end).",
            valueName: "time"
        )
    )
    var maxTime: TimeSpan?

    @Option(help: "The number format of the encoder's weights in the exported model.")
    var exportPrecision = TrainingConfiguration.Precision.f32

    func validate() throws {
        let counts = [
            ("--checkpoint-every", checkpointEvery), ("--kept-checkpoints", keptCheckpoints),
            ("--evaluate-every", evaluateEvery), ("--log-every", logEvery), ("--stop-after", stopAfter),
            ("--patience", patience),
        ]
        for (name, count) in counts where count.map({ $0 < 1 }) ?? false {
            throw ValidationError("\(name) must be 1 or more")
        }
        if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
        if output == nil, !plan { throw ValidationError("--output is missing") }
    }

    func apply(to options: inout RunOptions) throws {
        options.output = output ?? ""
        options.resume = resume
        options.overwrite = overwrite
        options.checkpointEvery = checkpointEvery
        options.keptCheckpoints = keptCheckpoints
        options.evaluateEvery = evaluateEvery
        options.logEvery = logEvery
        options.stopAfter = stopAfter
        options.patience = patience
        options.maximumSeconds = maxTime?.seconds
        options.exportPrecision = exportPrecision
    }
}
