import ArgumentParser
import BlockSkim
import TerminalModule

/// `blockskim inspect`: what a checkpoint is.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show the shape, size and skim settings of a checkpoint."
    )

    @OptionGroup var checkpoint: CheckpointArguments

    @Option(help: "Print for people (text) or programs (json).")
    var format = OutputFormat.text

    func run() throws {
        let summary = try ModelSummary(directory: checkpoint.directory())
        switch format {
        case .json: try printJSON(summary)
        case .text: try StandardOutput.write("\(ModelSummaryText(summary))")
        }
    }
}
