import ArgumentParser
import BlockSkim
import TensorModule

/// The number formats that weights and products can have.
enum Precision: String, ExpressibleByArgument, CaseIterable, Encodable {
    case f32, bf16, int8

    /// The same, as the library takes it.
    var weights: TensorModule.Precision {
        switch self {
        case .f32: .float32
        case .bf16: .bfloat16
        case .int8: .int8
        }
    }
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
    func load(batchSize: Int) throws -> QuestionAnswerer {
        let directory = try checkpoint.directory()
        let options = execution.options(skim, batchSize: batchSize)
        let answerer = try QuestionAnswerer(model: directory, options: options)
        if let loss = skim.maxF1Loss, answerer.skimming == nil {
            let points = try SkimFrontier(directory: directory)?.points ?? []
            let least = points.filter { $0.measuredSpeedup > 1 }.map(\.f1Loss).min()
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
        help: "After which layers, counted from 1, blocks are dropped (default: the checkpoint's)."
    )
    var skimLayers: [Int] = []

    @Option(
        parsing: .unconditional,
        help:
            "Drop a block when its probability of irrelevance is above this: higher is safer and slower (default: the checkpoint's)."
    )
    var skipThreshold: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose layer and threshold: the fastest that lost at most so many points of F1 when the model was calibrated; dense if there are none.",
            valueName: "points"
        )
    )
    var maxF1Loss: Double?

    func validate() throws {
        if dense, !skimLayers.isEmpty || skipThreshold != nil {
            throw ValidationError(
                "--dense skims nothing, so --skim-layer and --skip-threshold make no sense with it"
            )
        }
        if let maxF1Loss {
            guard !dense, skimLayers.isEmpty, skipThreshold == nil else {
                throw ValidationError(
                    "--max-f1-loss chooses layer and threshold itself; leave out --dense, --skim-layer and --skip-threshold"
                )
            }
            try NumberRange.check(maxF1Loss, in: NumberRange.points, option: "--max-f1-loss", unit: "points")
        }
        try NumberRange.check(skipThreshold, in: NumberRange.share, option: "--skip-threshold")
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
    var skimming: ModelOptions.Skimming {
        if dense { return .dense }
        if let maxF1Loss { return .maximumF1Loss(maxF1Loss) }
        if skimLayers.isEmpty, skipThreshold == nil { return .asConfigured }
        return .adjusted(skimLayers: skimLayers.isEmpty ? nil : skimLayers, skipThreshold: skipThreshold)
    }
}

/// What a run of any encoder needs to know.
struct ExecutionArguments: ParsableArguments {
    @Option(help: "The number format of weights and products.")
    var precision = Precision.f32

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

    /// The same, as the library takes it.
    func options(_ skim: SkimArguments, batchSize: Int) -> ModelOptions {
        ModelOptions(
            skimming: skim.skimming,
            precision: precision.weights,
            threads: budget,
            batchSize: batchSize
        )
    }

    var budget: ThreadBudget { threads.flatMap { ThreadBudget(threads: $0) } ?? .physicalCores }
}
