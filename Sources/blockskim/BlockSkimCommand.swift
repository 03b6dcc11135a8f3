import ArgumentParser
import BlockSkim
import TensorModule
import TerminalModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The command line: every subcommand parses, calls the library and renders.
@main struct BlockSkimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blockskim",
        abstract: "Answers questions with spans of documents, and skims what cannot hold the answer.",
        discussion: """
            A small network looks at the attention of an early layer and predicts which blocks of the text can hold \
            the answer; only those go through the other layers.

            Start with: blockskim answer --question "Who wrote it?" --context-file document.txt
            """,
        version: "blockskim \(BlockSkimVersion.current)",
        subcommands: [
            AnswerCommand.self, PredictCommand.self, EvaluateCommand.self, BenchmarkCommand.self,
            InspectCommand.self, TokenizeCommand.self,
        ]
    )

    /// Exit status 0 on success, 64 for wrong usage, 1 for anything else with one line on standard error.
    static func main() {
        // A reader that goes away (`| head`) ends the program quietly.
        signal(SIGPIPE, SIG_DFL)
        // A file that grows beyond what the user allows is an error of the write, like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        SystemAllocator.keepFreedMemory()
        StandardOutput.reserveDescriptors()
        do {
            do {
                try TextInput.checkArguments()
                let check = ArgumentCheck(
                    self,
                    repeatable: ["--skim-layer", "--context-file"],
                    exclusive: [EvaluateCommand.ofPredictions]
                )
                let arguments = try check.check(Array(CommandLine.arguments.dropFirst()))
                var command = try parseAsRoot(arguments)
                try command.run()
            } catch let error where exitCode(for: error) == .success {
                // Help, version and completions, which the parser throws.
                try StandardOutput.write(fullMessage(for: error))
            }
            try StandardOutput.close()
        } catch let error where exitCode(for: error) == .validationFailure {
            // One line, whatever text it quotes.
            let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            StandardError.write("Error: \(message) (see --help)")
            exit(withError: ExitCode.validationFailure)
        } catch let error as ExitCode {
            exit(withError: error)
        } catch {
            StandardError.write("Error: \(error)")
            exit(withError: ExitCode.failure)
        }
    }
}
