import ArgumentParser
import Foundation
import SkimTrainingModule
import TerminalModule

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
        options.reportsSteps = !StandardError.redrawsProgress
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
