import ArgumentParser
import Foundation
import SkimTrainingModule
import TerminalModule
import TorchModule

extension TrainingConfiguration.BlockClassifier: ExpressibleByArgument {}
extension TrainingConfiguration.BlockLossReduction: ExpressibleByArgument {}
extension TrainingConfiguration.Precision: ExpressibleByArgument {}
extension Device: ExpressibleByArgument {}

/// `blockskim-train train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model with the joint loss of question answering and block classification.",
        discussion: """
            Table 2 of the paper: 1 --classifier none; 2 the defaults; 3 --freeze-encoder on the model of 1;
            4 --classifier hand-crafted; 5 --augment-layers 4; 6 --augment-layers 4 --skim-in-training 4;
            7-11 --block-size 1, 8, 16, 64, 128.
            """
    )

    @OptionGroup(title: "Data and model") var data: DataOptions
    @OptionGroup(title: "Blocks") var blocks: BlockOptions
    @OptionGroup(title: "Loss and schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Run") var flags: RunFlags
    @OptionGroup var threads: ThreadOption

    func run() throws {
        let place = try ProcessPlace(environment: ProcessInfo.processInfo.environment)
        var configuration = TrainingConfiguration()
        data.apply(to: &configuration)
        blocks.apply(to: &configuration)
        schedule.apply(to: &configuration)
        configuration.processes = place.world
        let budget = try threads.budget()
        let say: (String) -> Void = { if place.leads { StandardError.write($0) } }
        if flags.plan {
            print(try TrainingPlan(configuration, threads: budget.threads, report: say))
            return
        }
        var options = RunOptions()
        try flags.apply(to: &options)
        options.threads = budget
        options.processes = place
        Interrupt.listen()
        let trainer = Trainer(
            configuration,
            options: options,
            report: say,
            showProgress: { if place.leads { StandardError.showProgress($0) } },
            isInterrupted: { Interrupt.isRequested }
        )
        let ending = try trainer.run()
        if place.leads { Plots.draw(run: options.output, report: say) }
        if case .interrupted = ending { throw ExitCode(1) }
    }
}

/// What is learnt from, and with what.
struct DataOptions: ParsableArguments {
    @Option(help: "The checkpoint directory to start from.")
    var model: String

    @Option(parsing: .upToNextOption, help: "The data sets to learn from, SQuAD JSON or MRQA JSONL.")
    var train: [String]

    @Option(parsing: .upToNextOption, help: "At most so many questions: one number, or one for each file.")
    var cap: [Int] = []

    @Option(parsing: .upToNextOption, help: "The data sets to measure on.")
    var dev: [String] = []

    @Option(help: "At most so many questions of each of them.")
    var devLimit: Int?

    @Option(help: "The most tokens of a window.")
    var maxLength = 384

    @Option(help: "The context tokens that consecutive windows share.")
    var overlap = 128

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.model = model
        configuration.train = train
        configuration.caps = cap
        configuration.dev = dev
        configuration.devLimit = devLimit
        configuration.maximumLength = maxLength
        configuration.overlap = overlap
    }
}

/// What the block classifiers are.
struct BlockOptions: ParsableArguments {
    @Option(help: "What predicts whether a block matters.")
    var classifier = TrainingConfiguration.BlockClassifier.module

    @Option(help: "The tokens of a block, 1 to 128.")
    var blockSize = 32

    @Option(help: "Where blocks start: passage_aligned or absolute.")
    var blockLayout = "passage_aligned"

    @Option(help: "The attention that the module sees: full or diagonal.")
    var attentionRegion = "full"

    @Option(help: "The channels of hidden states that it pools beside attention; the paper has none.")
    var stateChannels = 0

    @Option(parsing: .upToNextOption, help: "The layers with a classifier, from 1 (default: all).")
    var augmentLayers: [Int] = []

    @Option(help: "Drop blocks after this layer in training, too: the last with a classifier.")
    var skimInTraining: Int?

    @Option(help: "Drop a block when its probability of irrelevance exceeds this.")
    var skipThreshold = 0.9

    @Option(help: "The layer after which the exported model drops blocks (default: a third of the layers).")
    var skimLayer: Int?

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.classifier = classifier
        configuration.blockSize = blockSize
        configuration.blockLayout = blockLayout
        configuration.attentionRegion = attentionRegion
        configuration.stateChannels = stateChannels
        configuration.augmentLayers = augmentLayers
        configuration.skimInTraining = skimInTraining
        configuration.skipThreshold = skipThreshold
        configuration.skimLayer = skimLayer
    }
}

/// The loss, and how it is brought down.
struct ScheduleOptions: ParsableArguments {
    @Option(help: "The weight of the block loss; the paper takes 0.05 for ALBERT.")
    var alpha = 1.0

    @Option(help: "The weight of blocks with an answer within it.")
    var beta = 4.0

    @Option(help: "Weighted mean over the blocks of a batch, or Eq. 4's sum.")
    var blockLoss = TrainingConfiguration.BlockLossReduction.mean

    @Flag(help: "Train the classifiers only.")
    var freezeEncoder = false

    @Option(help: "Passes over the data; may be a fraction.")
    var epochs = 2.0

    @Option(help: "The windows of a step, over all processes.")
    var batchSize = 16

    @Option(help: "In how many parts a step is computed, to save memory.")
    var accumulation = 1

    @Option(help: "The highest learning rate.")
    var learningRate = 3e-5

    @Option(help: "The same of the block classifiers (default: that of the rest).")
    var classifierLearningRate: Double?

    @Option(help: "The share of the steps in which the learning rate rises.")
    var warmup = 0.1

    @Option(help: "The weight decay of AdamW; biases and normalisations have none.")
    var weightDecay = 0.01

    @Option(help: "The largest norm of the gradients.")
    var clip = 1.0

    @Option(help: "The dropout rate (default: the checkpoint's).")
    var dropout: Double?

    @Option(help: "Where random numbers start.")
    var seed: UInt64 = 42

    @Option(help: "The precision of products.")
    var precision = TrainingConfiguration.Precision.f32

    @Option(help: "Where the work is done.")
    var device = Device.cpu

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.alpha = alpha
        configuration.beta = beta
        configuration.blockLoss = blockLoss
        configuration.freezeEncoder = freezeEncoder
        configuration.epochs = epochs
        configuration.batchSize = batchSize
        configuration.accumulation = accumulation
        configuration.learningRate = learningRate
        configuration.classifierLearningRate = classifierLearningRate
        configuration.warmup = warmup
        configuration.weightDecay = weightDecay
        configuration.clip = clip
        configuration.dropout = dropout
        configuration.seed = seed
        configuration.precision = precision
        configuration.device = device
    }
}

/// What is kept, and how often.
struct RunFlags: ParsableArguments {
    @Option(help: "The run directory.")
    var output: String?

    @Flag(help: "Go on with the run in the directory.")
    var resume = false

    @Flag(help: "Remove the run in the directory first.")
    var overwrite = false

    @Flag(help: "Print windows, steps, memory and time, and stop.")
    var plan = false

    @Option(help: "Write a checkpoint after so many steps (default: an epoch).")
    var checkpointEvery: Int?

    @Option(help: "How many of the last checkpoints to keep.")
    var keptCheckpoints = 2

    @Option(help: "Measure on the development data after so many steps (default: an epoch).")
    var evaluateEvery: Int?

    @Option(help: "Log metrics after so many steps.")
    var logEvery = 10

    @Option(help: "Stop after so many steps, to go on with --resume.")
    var stopAfter: Int?

    @Option(help: "The precision of the exported encoder's weights.")
    var exportPrecision = TrainingConfiguration.Precision.f32

    func validate() throws {
        let counts = [
            ("--checkpoint-every", checkpointEvery), ("--kept-checkpoints", keptCheckpoints),
            ("--evaluate-every", evaluateEvery), ("--log-every", logEvery), ("--stop-after", stopAfter),
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
        options.exportPrecision = exportPrecision
    }
}
