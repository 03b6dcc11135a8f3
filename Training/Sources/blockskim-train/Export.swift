import ArgumentParser
import SkimTrainingModule
import TerminalModule

/// `blockskim-train export`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model of a checkpoint of a run.",
        discussion: """
            A run exports its best model by itself, into RUN/model. This makes one of any checkpoint that is still there, and \
            with --without-block-skim one that Hugging Face's loaders find no surprises in.

            Example: blockskim-train export run --step 1200 --output model
            """
    )

    @Argument(help: ArgumentHelp("The directory of the run.", valueName: "run"))
    var directory: String

    @Option(help: "The step of the checkpoint (default: the last one).")
    var step: Int?

    @Option(help: "The directory for the model, which must not be there or be empty.")
    var output: String

    @Flag(help: "Leave out the Block Skim Modules: the model is dense.")
    var withoutBlockSkim = false

    @Option(help: "The number format of the encoder's weights.")
    var exportPrecision = TrainingConfiguration.Precision.f32

    func run() throws {
        let step = try CheckpointExport(
            run: directory,
            step: step,
            output: output,
            withoutBlockSkim: withoutBlockSkim,
            precision: exportPrecision
        ).write()
        StandardError.write("the model of step \(step) is in \(output)")
    }
}
