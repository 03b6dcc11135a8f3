import ArgumentParser
import SkimTrainingModule

extension TrainingConfiguration.Precision: ExpressibleByArgument {}

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
