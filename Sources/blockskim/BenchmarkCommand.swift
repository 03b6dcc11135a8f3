import ArgumentParser
import BlockSkim
import BlockSkimModule

/// `blockskim benchmark`: the forward time of an encoder, dense, padded and skimming.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the forward time of an encoder, dense and skimming.",
        discussion: """
            Runs the encoder on made-up tokens, batch 1, and prints medians: dense without padding, dense padded to \
            --padded-length (what most published speedups are against), and skimming with a fixed share of the tokens \
            kept, the Block Skim Module included. The predicted speedup is the paper's Eq. 6, \
            1 / (1 - (1 - l/L)(1 - k)).

            Example: blockskim benchmark --architecture bert-base --length 384 --skim-layer 4 --keep-fraction 0.333
            """
    )

    @Option(
        help: "Random weights of an architecture, in place of a model: \(BenchmarkCommand.architectureNames)."
    )
    var architecture: String?

    @Option(parsing: .unconditional, help: "The tokens of the window; at most what the encoder takes.")
    var length = 384

    @Option(
        parsing: .unconditional,
        help: "To how many tokens the padded baseline pads (default: 384, or the length if that is more)."
    )
    var paddedLength: Int?

    @Option(
        parsing: .unconditional,
        help:
            "After which layer, counted from 1, blocks are dropped (default: the checkpoint's, or a third of the layers)."
    )
    var skimLayer: Int?

    @Option(parsing: .unconditional, help: "The share of the tokens that is kept there.")
    var keepFraction = 1.0 / 3

    @Option(help: "What the Block Skim Module of random weights looks at: full or diagonal (default: full).")
    var attentionRegion: AttentionRegion?

    @Flag(help: "Measure no skimming.")
    var dense = false

    @Option(parsing: .unconditional, help: "How often each kind is measured; kinds alternate.")
    var runs = 15

    @Option(help: "Print for people (text) or programs (json).")
    var format = OutputFormat.text

    @Flag(
        help: ArgumentHelp(
            "Print \"ready\", then for each line with a number n on standard input run n dense passes and print their milliseconds as a JSON array: for side-by-side measurements.",
            visibility: .hidden
        )
    )
    var roundsFromStdin = false

    @OptionGroup(title: "Model options") var checkpoint: CheckpointArguments
    @OptionGroup(title: "Model options") var execution: ExecutionArguments

    static var architectureNames: String {
        EncoderConfiguration.architectures.map { $0.key }.joined(separator: ", ")
    }

    func validate() throws {
        guard architecture == nil || checkpoint.model == nil else {
            throw ValidationError("give either --architecture or --model")
        }
        guard architecture != nil || attentionRegion == nil else {
            throw ValidationError("--attention-region is for random weights; name them with --architecture")
        }
        let tokens = NumberRange.windowTokens
        try NumberRange.check(length, in: tokens, option: "--length", unit: "tokens")
        try NumberRange.check(paddedLength, in: tokens, option: "--padded-length", unit: "tokens")
        try NumberRange.check(skimLayer, in: NumberRange.layers, option: "--skim-layer")
        if let architecture { try check(architecture: architecture) }
        if let paddedLength, paddedLength < length {
            throw ValidationError("--padded-length \(paddedLength): it must be at least --length, \(length)")
        }
        try NumberRange.check(keepFraction, in: NumberRange.share, option: "--keep-fraction")
        try NumberRange.check(runs, in: NumberRange.runs, option: "--runs")
        if dense, skimLayer != nil { throw ValidationError("--dense skims nothing; leave out --skim-layer") }
    }

    /// Rejects an architecture that is not known, and lengths that it does not take.
    private func check(architecture name: String) throws {
        guard let shape = EncoderConfiguration.architectures.first(where: { $0.key == name })?.value else {
            throw ValidationError("--architecture \(name): known are \(Self.architectureNames)")
        }
        let tokens = 1...shape.maximumPositions
        let hint = "\(name) takes no more"
        try NumberRange.check(length, in: tokens, option: "--length", unit: "tokens", hint: hint)
        try NumberRange.check(paddedLength, in: tokens, option: "--padded-length", unit: "tokens", hint: hint)
        let layers = 1...shape.layerCount
        try NumberRange.check(skimLayer, in: layers, option: "--skim-layer", hint: "\(name) has no more")
    }

    func run() throws {
        let settings = SkimBenchmark.Settings(
            length: length,
            paddedLength: paddedLength,
            policy: dense ? nil : .forced(keptFraction: keepFraction),
            runs: runs
        )
        let source: SkimBenchmark.Source =
            if let architecture {
                .architecture(architecture, attentionRegion ?? .full)
            } else {
                .checkpoint(directory: try checkpoint.directory())
            }
        let benchmark = try SkimBenchmark(
            source,
            skimLayer: skimLayer,
            settings: settings,
            precision: execution.precision.weights,
            threads: execution.budget
        )
        if roundsFromStdin { return try answerRounds(benchmark) }
        let progress = ProgressLine(unit: "runs")
        let result = try benchmark.run { progress.update($0, of: $1) }
        progress.finish()
        let report = BenchmarkReport(
            benchmark,
            result,
            architecture: architecture ?? checkpoint.model ?? "default model",
            threads: execution.budget.threads,
            precision: execution.precision
        )
        switch format {
        case .json: try printJSON(report)
        case .text: try StandardOutput.write(report.text)
        }
    }

    private func answerRounds(_ benchmark: SkimBenchmark) throws {
        for _ in 0..<3 { _ = try benchmark.measureDense() }
        try StandardOutput.write("ready")
        try StandardOutput.flush()
        while let line = readLine() {
            guard let count = Int(line), NumberRange.runs.contains(count) else {
                throw ValidationError(
                    "standard input: \"\(line)\" is not a number of runs, from \(NumberRange.runs.lowerBound) to \(NumberRange.runs.upperBound)"
                )
            }
            try printJSON((0..<count).map { _ in try benchmark.measureDense() })
            try StandardOutput.flush()
        }
    }
}

extension AttentionRegion: ExpressibleByArgument {}
