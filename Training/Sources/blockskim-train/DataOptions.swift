import ArgumentParser
import SkimTrainingModule

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
            "Pass over this many questions of each data set, chosen at random, before --cap: one number for all, or one number for each. With the --cap and --seed of an earlier run they are those that it has seen (default: none)."
    )
    var skipQuestions: [Int] = []

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
        configuration.skippedQuestions = skipQuestions.isEmpty ? nil : skipQuestions
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
