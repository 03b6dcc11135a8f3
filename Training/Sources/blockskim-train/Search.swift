import ArgumentParser
import SkimTrainingModule
import TerminalModule

/// `blockskim-train search`.
struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for good settings: learning rate, α, β and the layers with a classifier.",
        discussion: """
            Successive halving: all trials train for a part of the run, the best of them go on for several times as many \
            steps, until one is left that trains to the end. It is in OUTPUT/trial-N. What the paper tunes (Sections 4.2 \
            and 4.3) are α and β; at which layer to drop blocks is for calibrate to measure afterwards.

            Example: blockskim-train search --model M --train train.json --dev dev.json --learning-rates 2e-5 3e-5 5e-5 \
            --alphas 0.5 1 2 --trials 9 --output search
            """
    )

    @OptionGroup(title: "Data and model") var data: DataOptions
    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Blocks") var blocks: BlockOptions
    @OptionGroup(title: "Loss and schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Teacher") var teacher: TeacherOptions
    @OptionGroup(title: "Search") var axes: AxisOptions
    @OptionGroup var best: BestOption
    @OptionGroup var threads: ThreadOption

    func run() throws {
        var configuration = try TrainingConfiguration(data, blocks, schedule, resuming: nil) {
            StandardError.write($0)
        }
        teacher.apply(to: &configuration)
        configuration.bestBy = best.bestBy
        var options = RunOptions()
        options.output = axes.output
        options.resume = axes.resume
        options.keptCheckpoints = 1
        options.threads = try threads.budget()
        options.reportsSteps = !StandardError.redrawsProgress
        Interrupt.listen(saying: "\nStopping after this step; --resume goes on. Once more stops at once.\n")
        let found = try SettingSearch(
            configuration,
            options: options,
            axes: axes.axes,
            trialCount: axes.trials,
            reduction: axes.reduction,
            report: { StandardError.write($0) },
            showProgress: { StandardError.showProgress($0) },
            isInterrupted: { Interrupt.isRequested }
        ).run()
        guard let found, let best = found.first else {
            StandardError.write("stopped; --resume goes on from there")
            throw ExitCode(Interrupt.exitStatus ?? 1)
        }
        print("trial  rounds  \(configuration.bestCriterion.rawValue)  settings")
        for trial in found {
            let number = "\(trial.number)".padding(5)
            let rounds = "\(trial.scores.count)".padding(6)
            let score = trial.scores.last.map { ($0 * 100).rounded() / 100 } ?? 0
            print(
                "\(number)  \(rounds)  \("\(score)".padding(configuration.bestCriterion.rawValue.count))  \(trial)"
            )
        }
        StandardError.write(
            "the model of trial \(best.number) is in \(axes.output)/trial-\(best.number)/model"
        )
    }
}

/// What is searched, and how.
struct AxisOptions: ParsableArguments {
    @Option(parsing: .upToNextOption, help: "The learning rates to try (default: --learning-rate).")
    var learningRates: [Double] = []

    @Option(parsing: .upToNextOption, help: "The weights of the block loss to try (default: --alpha).")
    var alphas: [Double] = []

    @Option(parsing: .upToNextOption, help: "The weights of blocks with the answer to try (default: --beta).")
    var betas: [Double] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The layers with a classifier to try, for example 4 6 4+6 (default: --augment-layers).",
            valueName: "layers"
        )
    )
    var layers: [SkimLayers] = []

    @Option(help: "How many combinations begin, drawn at random; all of them if there are fewer.")
    var trials = 9

    @Option(help: "One of this many goes on after each round, for this many times the steps.")
    var reduction = 3

    @Option(help: "The directory of the search: a run for each trial, and search.json.")
    var output: String

    @Flag(help: "Continue the search in --output.")
    var resume = false

    var axes: SettingSearch.Axes {
        var axes = SettingSearch.Axes()
        axes.learningRates = learningRates
        axes.alphas = alphas
        axes.betas = betas
        axes.layers = layers.map(\.layers)
        return axes
    }

    func validate() throws {
        if trials < 2 || reduction < 2 { throw ValidationError("--trials and --reduction must be 2 or more") }
    }
}

extension String {
    /// Filled up with spaces.
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
