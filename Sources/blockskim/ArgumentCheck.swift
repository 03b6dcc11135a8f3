import ArgumentParser

/// An option beside which all options of some groups have no effect.
struct ExclusiveOption {
    let name: String
    let excluded: [any ParsableArguments.Type]
    /// Why, for the message: "… have no effect on a file of answers".
    let reason: String
}

/// Finds mistakes in the arguments that the parser would take, or report as another mistake.
///
/// The parser keeps the last of two values for one option, shows the general help for `help nonsense`, and reports that
/// `--question` is missing where it was only misspelt.
struct ArgumentCheck {
    private let root: ParsableCommand.Type
    /// The options that may be given more than once.
    private let repeatable: Set<String>
    private let exclusive: [ExclusiveOption]

    init(_ root: ParsableCommand.Type, repeatable: Set<String>, exclusive: [ExclusiveOption] = []) {
        self.root = root
        self.repeatable = repeatable
        self.exclusive = exclusive
    }

    /// Rejects what is not a command, not an option of it, given twice, or without effect beside another option.
    ///
    /// - Parameter arguments: What stands behind the program's name.
    /// - Returns: The same as the parser takes them: it refuses a value that begins with three hyphens (a list, front matter),
    ///   unless it is joined to its option.
    /// - Throws: `ValidationError`.
    func check(_ arguments: [String]) throws -> [String] {
        guard let name = arguments.first, !name.hasPrefix("-") else { return arguments }
        if name == "help" {
            let names = arguments.dropFirst().filter { !$0.hasPrefix("-") }
            if let asked = names.first { _ = try command(asked) }
            if let extra = names.dropFirst().first {
                throw ValidationError("help shows one command; leave out \(extra)")
            }
            return arguments
        }
        return try [name] + checkOptions(of: command(name), in: arguments.dropFirst())
    }

    private var commands: [String: ParsableCommand.Type] {
        Dictionary(
            root.configuration.subcommands.compactMap { command in
                command.configuration.commandName.map { ($0, command) }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func command(_ name: String) throws -> ParsableCommand.Type? {
        if name == "help" { return nil }
        if let command = commands[name] { return command }
        let known = commands.keys.sorted()
        let advice =
            Spelling.closest(to: name, among: known).map { "did you mean \($0)?" }
            ?? "the commands are \(known.joined(separator: ", "))"
        throw ValidationError("\(name) is not a command; \(advice)")
    }

    private func checkOptions(
        of command: ParsableCommand.Type?,
        in arguments: ArraySlice<String>
    ) throws -> [String] {
        guard let command else { return Array(arguments) }
        let (known, valued) = options(of: command)
        var given: Set<String> = []
        var isValue = false
        var joined: [String] = []
        let options = arguments.prefix { $0 != "--" }
        for argument in options {
            // A text may begin with hyphens.
            if isValue {
                isValue = false
                if argument.hasPrefix("---"), let option = joined.popLast() {
                    joined.append("\(option)=\(argument)")
                } else {
                    joined.append(argument)
                }
                continue
            }
            joined.append(argument)
            guard argument.hasPrefix("--") else { continue }
            isValue = valued.contains(argument)
            let name = String(argument.prefix { $0 != "=" })
            guard known.contains(name) else {
                if Self.builtIn.contains(name) { continue }
                let close = Spelling.closest(to: name, among: known.sorted())
                let advice = close.map { "; did you mean \($0)?" } ?? ""
                throw ValidationError("\(name) is not an option of this command\(advice)")
            }
            guard given.insert(name).inserted || repeatable.contains(name) else {
                throw ValidationError("\(name) is given twice; give it once")
            }
        }
        try checkEffect(of: given)
        return joined + arguments.dropFirst(options.count)
    }

    private func checkEffect(of given: Set<String>) throws {
        for option in exclusive where given.contains(option.name) {
            let excluded = option.excluded.reduce(into: Set<String>()) {
                $0.formUnion(Self.options(in: $1.helpMessage(includeHidden: true, columns: 200)).all)
            }
            let useless = given.intersection(excluded).subtracting(["--help"]).sorted()
            if useless.isEmpty { continue }
            throw ValidationError(
                "\(useless.enumeration) \(useless.count == 1 ? "has" : "have") no effect on \(option.reason); "
                    + "leave \(useless.count == 1 ? "it" : "them") out, or leave out \(option.name)"
            )
        }
    }

    /// What every command takes without its help saying so.
    private static let builtIn: Set = ["--version", "--help-hidden", "--experimental-dump-help"]

    /// The options of a command, hidden ones too, as its help lists them, and those of them that take a value.
    private func options(of command: ParsableCommand.Type) -> (all: Set<String>, valued: Set<String>) {
        Self.options(in: root.helpMessage(for: command, includeHidden: true, columns: 200))
    }

    private static func options(in help: String) -> (all: Set<String>, valued: Set<String>) {
        var (all, valued): (Set<String>, Set<String>) = ([], [])
        // "  --model <model>  …" and "  -h, --help  …"
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            let words = line.split(separator: " ")
            let names = words.prefix { $0.hasPrefix("-") }
            let options = names.filter { $0.hasPrefix("--") }.map(String.init)
            all.formUnion(options)
            if words.dropFirst(names.count).first?.hasPrefix("<") == true { valued.formUnion(options) }
        }
        return (all, valued)
    }
}
