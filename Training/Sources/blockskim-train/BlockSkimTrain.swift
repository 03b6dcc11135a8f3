import ArgumentParser
import SkimTrainingModule
import TerminalModule
import TorchModule

/// The command.
@main
struct BlockSkimTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blockskim-train",
        abstract: "Train question-answering models that skim.",
        subcommands: [
            Train.self, Search.self, Teach.self, Documents.self, Export.self, Calibrate.self,
            CalibrateReading.self, Study.self,
            BenchmarkStep.self,
        ]
    )

    /// Status 0 on success, 64 for wrong usage, 1 for anything else, with one line that says what to do.
    static func main() {
        Torch.keepMemory()
        do {
            let arguments = try ConfigurationOption.expanded(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let error as TrainingError {
            StandardError.write("blockskim-train: \(error)")
            Self.exit(withError: ExitCode(1))
        } catch {
            Self.exit(withError: error)
        }
    }
}
