import ArgumentParser
import BlockSkim
import TerminalModule

/// The number format of weights and products, as it is asked for.
enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case f32
    case bf16
    case int8

    /// The same, as the library takes it; nil for auto.
    var precision: Precision? { Precision(rawValue: rawValue) }
}

/// Which model is meant.
struct CheckpointArguments: ParsableArguments {
    @Option(
        help:
            "A checkpoint directory in Hugging Face's layout (default: the model that comes with the program)."
    )
    var model: String?

    /// Its directory.
    ///
    /// - Throws: `DefaultModelError.notFound`.
    func directory() throws -> String { try model ?? DefaultModel.directory() }
}

/// Which model answers, and how it runs.
struct ModelArguments: ParsableArguments {
    @OptionGroup var checkpoint: CheckpointArguments
    @OptionGroup var skim: SkimArguments
    @OptionGroup var execution: ExecutionArguments

    /// Loads the model, and says so when it runs dense because nothing else loses as little as was asked for.
    ///
    /// - Throws: What loading throws, and what is wrong with the skim options for this model.
    func load(batchSize: Int) throws -> QuestionAnswerer {
        let directory = try checkpoint.directory()
        let options = ModelOptions(
            precision: execution.wantedPrecision(),
            threads: execution.budget,
            batchSize: batchSize
        )
        let answerer = try QuestionAnswerer(model: directory, options: options)
        let policy = try answerer.model.policy(for: skim.skimming)
        if let loss = skim.maxF1Loss, policy == nil {
            let points = try SkimFrontier(directory: directory)?.points ?? []
            let least = points.filter(\.isFaster).map(\.f1Loss).min()
                .map { " (the least is \($0.formatted(digits: 2)))" }
            StandardError.write(
                "Note: no measured way to skim that is faster than dense loses at most \(loss) points of F1\(least ?? ""); "
                    + "running dense"
            )
        }
        return answerer
    }
}

/// Whether and how blocks are dropped.
struct SkimArguments: ParsableArguments {
    @Flag(help: "Run all blocks through all layers.")
    var dense = false

    @Option(
        name: .customLong("skim-layer"),
        parsing: .upToNextOption,
        help: "The layers after which blocks are dropped, counted from 1 (default: the checkpoint's)."
    )
    var skimLayers: [Int] = []

    @Option(
        name: .customLong("skip-threshold"),
        parsing: .upToNextOption,
        help:
            "Drop a block when its probability of being irrelevant is above this. Higher is safer and slower. One for all skim layers, or one for each (default: the checkpoint's)."
    )
    var skipThresholds: [Double] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Use the fastest layers and threshold that lost at most this many points of F1 in calibration. Where none did, the model runs dense.",
            valueName: "points"
        )
    )
    var maxF1Loss: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "When start and end logit of the best answer sum up to less than this, let what was dropped go through the upper layers after all; \(Int(NumberRange.logits.lowerBound)) is never (default: the checkpoint's, or never).",
            valueName: "logits"
        )
    )
    var secondLook: Double?

    func validate() throws {
        if dense, secondLook != nil {
            throw ValidationError("--dense drops nothing, so --second-look makes no sense with it")
        }
        try NumberRange.check(secondLook, in: NumberRange.logits, option: "--second-look", unit: "logits")
        if dense, !skimLayers.isEmpty || !skipThresholds.isEmpty {
            throw ValidationError(
                "--dense skims nothing, so --skim-layer and --skip-threshold make no sense with it"
            )
        }
        if let maxF1Loss {
            guard !dense, skimLayers.isEmpty, skipThresholds.isEmpty else {
                throw ValidationError(
                    "--max-f1-loss chooses layer and threshold itself; leave out --dense, --skim-layer and --skip-threshold"
                )
            }
            try NumberRange.check(maxF1Loss, in: NumberRange.points, option: "--max-f1-loss", unit: "points")
        }
        for threshold in skipThresholds {
            try NumberRange.check(threshold, in: NumberRange.share, option: "--skip-threshold")
        }
        for layer in skimLayers {
            try NumberRange.check(
                layer,
                in: NumberRange.layers,
                option: "--skim-layer",
                hint: "layers are counted from 1"
            )
        }
        if Set(skimLayers).count < skimLayers.count {
            throw ValidationError("--skim-layer \(skimLayers): name each layer once")
        }
    }

    /// The same, as the library takes it.
    var skimming: Skimming {
        if dense { return .dense }
        if let maxF1Loss { return .maximumF1Loss(maxF1Loss) }
        if skimLayers.isEmpty, skipThresholds.isEmpty { return .asConfigured }
        return .adjusted(skimLayers: skimLayers.isEmpty ? nil : skimLayers, skipThresholds: skipThresholds)
    }
}

/// What a run of any encoder needs to know.
struct ExecutionArguments: ParsableArguments {
    @Option(
        help:
            "The number format of weights and products. auto takes the fastest that this processor runs natively and that lost next to nothing when the model was calibrated, 0.1 points of F1 beyond the error of that measurement; f32 where there is none."
    )
    var precision = PrecisionChoice.auto

    @Option(
        parsing: .unconditional,
        help: "How many threads work together (default: the physical cores that the program may use)."
    )
    var threads: Int?

    func validate() throws {
        let cores = ThreadBudget.physicalCores.threads
        try NumberRange.check(
            threads,
            in: NumberRange.threads,
            option: "--threads",
            hint: "there \(cores == 1 ? "is 1 core" : "are \(cores) cores") to use"
        )
    }

    /// The number format that was asked for; says so when this processor has to do with another.
    func wantedPrecision() -> Precision? {
        if let precision = precision.precision, !precision.isNative {
            StandardError.write(
                "Note: this processor has no \(precision.rawValue) products; the weights are kept in \(precision.rawValue) and "
                    + "multiplied in f32"
            )
        }
        return precision.precision
    }

    /// The same, as the library takes it.
    var budget: ThreadBudget { threads.flatMap { ThreadBudget(threads: $0) } ?? .physicalCores }
}
