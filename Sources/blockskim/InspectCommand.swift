import ArgumentParser
import BlockSkim
import TerminalModule

/// `blockskim inspect`: what a checkpoint is.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show the shape, size and skim settings of a checkpoint, and how this processor runs it."
    )

    @OptionGroup var checkpoint: CheckpointArguments

    @Option(help: "The number format to load the layers in; auto takes what answering takes.")
    var precision = PrecisionChoice.auto

    @Option(help: "Print for people (text) or programs (json).")
    var format = OutputFormat.text

    func run() throws {
        let summary = try ModelSummary(directory: checkpoint.directory(), precision: precision.precision)
        switch format {
        case .json: try printJSON(summary)
        case .text: try StandardOutput.write("\(ModelSummaryText(summary))")
        }
    }
}
