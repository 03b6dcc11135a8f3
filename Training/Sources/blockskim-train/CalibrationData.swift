import ArgumentParser

/// Which model is measured, and on which questions.
struct CalibrationData: ParsableArguments {
    @Option(help: "The checkpoint directory of the model. The results go into its blockskim.json.")
    var model: String

    @Option(parsing: .upToNextOption, help: "The data sets to measure on: SQuAD JSON or MRQA JSON Lines.")
    var dev: [String]

    @Option(help: "Use at most this many questions of each data set (default: all).")
    var limit: Int?
}
