import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Feeds mutated inputs to a reader.
///
/// A trap or a hang ends the program and leaves the input in a file.
@main struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Feeds mutated inputs to a reader, which must accept or reject them, never trap or hang.",
        discussion: "Targets: \(targets.map { $0.name }.joined(separator: ", "))."
    )

    @Argument(help: "The reader to feed.")
    var target: String

    @Option(help: "How many mutated inputs to feed.")
    var mutations = 100_000

    @Option(help: "The seed; the same seed gives the same inputs.")
    var seed: UInt64 = 42

    @Option(
        help:
            "Where the current input is kept; it stays there after a trap. Fastest in memory, such as /dev/shm."
    )
    var input: String?

    func validate() throws {
        guard targets.contains(where: { $0.name == target }) else {
            throw ValidationError("No target is named '\(target)'.")
        }
        guard mutations > 0 else { throw ValidationError("The number of mutations must be positive.") }
    }

    func run() throws {
        guard let type = targets.first(where: { $0.name == target }) else { return }
        let outcomes = try feed(try type.init())
        for (outcome, count) in outcomes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("\(String(repeating: " ", count: max(0, 9 - "\(count)".count)))\(count)  \(outcome)")
        }
        // Targets report a broken promise that is no trap in capitals.
        let broken = outcomes.keys.filter { $0 == $0.uppercased() }
        guard broken.isEmpty else { throw ExitCode.failure }
        print(
            "\(mutations) mutations of \(target) with seed \(seed): no trap, at most \(peakMemory) MB of memory"
        )
    }

    /// The most memory that the program has had, in megabytes.
    private var peakMemory: Int {
        var usage = rusage()
        // RUSAGE_SELF, which the systems' libraries give different types.
        getrusage(0, &usage)
        #if os(Linux)
            let bytes = usage.ru_maxrss * 1024
        #else
            let bytes = usage.ru_maxrss
        #endif
        return bytes / 1_000_000
    }

    /// Counts what became of the inputs.
    private func feed(_ target: some FuzzTarget) throws -> [String: Int] {
        let temporary = FileManager.default.temporaryDirectory
        let path = input ?? temporary.appending(path: "fuzz-\(self.target)-\(getpid()).input").path
        print("The current input is in \(path).")
        let mutator = Mutator(fragments: target.fragments.map { Array($0.utf8) })
        for seed in target.seeds {
            try Data(seed).write(to: URL(filePath: path))
            let outcome = target.run(seed, path: path)
            // Mutations of what is refused anyway would test little.
            guard outcome == "accepted" else { throw ValidationError("A valid input is not: \(outcome)") }
        }
        var outcomes: [String: Int] = [:]
        for iteration in 0..<mutations {
            // Each input depends on the seed and its number only.
            var generator = SplitMix(seed: seed &+ UInt64(iteration) &* 0xD134_2543_DE82_EF95)
            guard let seedInput = target.seeds.randomElement(using: &generator) else { break }
            var bytes = seedInput
            mutator.mutate(&bytes, using: &generator)
            if Bool.random(using: &generator) { target.repair(&bytes, seed: seedInput) }
            try Data(bytes).write(to: URL(filePath: path))
            // No input may take more than ten seconds: the signal ends the program.
            alarm(10)
            outcomes[target.run(bytes, path: path), default: 0] += 1
        }
        alarm(0)
        try FileManager.default.removeItem(atPath: path)
        return outcomes
    }
}
