import ArgumentParser
import SkimTrainingModule

/// `--configuration`, whose file stands for the options that nobody gave.
struct ConfigurationOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take what no option says from the configuration.json of a run.",
            valueName: "file"
        )
    )
    var configuration: String?

    /// Puts the options that a configuration file stands for behind those that were given.
    ///
    /// - Parameter arguments: those of the program, the subcommand first.
    /// - Returns: the same, with the options of the file that are not among them.
    /// - Throws: `unreadable`, `otherVersion`.
    static func expanded(_ arguments: [String]) throws(TrainingError) -> [String] {
        guard ["train", "search"].contains(arguments.first),
            let place = arguments.firstIndex(where: { $0.split(separator: "=").first == "--configuration" })
        else { return arguments }
        let parts = arguments[place].split(separator: "=", maxSplits: 1).map(String.init)
        guard let file = parts.count == 2 ? parts[1] : arguments.dropFirst(place + 1).first else {
            return arguments
        }
        let given = Set(arguments.compactMap { $0.split(separator: "=").first.map(String.init) })
        let added = try TrainingConfiguration(file: file).options.filter { !given.contains($0.name) }
        return arguments + added.flatMap { [$0.name] + $0.values }
    }
}
