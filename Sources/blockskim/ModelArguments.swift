import ArgumentParser
import BlockSkim

/// The number formats that weights and products can have.
enum Precision: String, ExpressibleByArgument, CaseIterable, Encodable {
    case f32
}

/// Which model answers, and how it runs.
struct ModelArguments: ParsableArguments {
    @Option(help: "A checkpoint directory in Hugging Face's layout.")
    var model: String

    @OptionGroup var skim: SkimArguments
    @OptionGroup var execution: ExecutionArguments

    /// Loads the model.
    func load(batchSize: Int = 1) throws -> QuestionAnswerer {
        try QuestionAnswerer(model: model, options: execution.options(skim, batchSize: batchSize))
    }
}

/// The same where there may be no model.
struct OptionalModelArguments: ParsableArguments {
    @Option(help: "A checkpoint directory in Hugging Face's layout.")
    var model: String?

    @OptionGroup var skim: SkimArguments
    @OptionGroup var execution: ExecutionArguments

    /// Loads the model.
    func load(batchSize: Int) throws -> QuestionAnswerer {
        guard let model else { throw ValidationError("give a checkpoint directory with --model") }
        return try QuestionAnswerer(model: model, options: execution.options(skim, batchSize: batchSize))
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
        help:
            "Drop a block when its probability of irrelevance is above this: higher is safer and slower (default: the checkpoint's)."
    )
    var skipThreshold: Double?

    func validate() throws {
        if dense, !skimLayers.isEmpty || skipThreshold != nil {
            throw ValidationError(
                "--dense skims nothing, so --skim-layer and --skip-threshold make no sense with it"
            )
        }
        if let skipThreshold, !(0...1).contains(skipThreshold) {
            throw ValidationError("--skip-threshold \(skipThreshold): it must be from 0 to 1")
        }
        if let layer = skimLayers.first(where: { $0 < 1 }) {
            throw ValidationError("--skim-layer \(layer): layers are counted from 1")
        }
        if Set(skimLayers).count < skimLayers.count {
            throw ValidationError("--skim-layer \(skimLayers): name each layer once")
        }
    }

    /// The same, as the library takes it.
    var skimming: ModelOptions.Skimming {
        if dense { return .dense }
        if skimLayers.isEmpty, skipThreshold == nil { return .asConfigured }
        return .adjusted(skimLayers: skimLayers.isEmpty ? nil : skimLayers, skipThreshold: skipThreshold)
    }
}

/// What a run of any encoder needs to know.
struct ExecutionArguments: ParsableArguments {
    @Option(help: "The number format of weights and products.")
    var precision = Precision.f32

    @Option(help: "How many threads work together (default: the physical cores).")
    var threads: Int?

    func validate() throws {
        if let threads, ThreadBudget(threads: threads) == nil {
            throw ValidationError("--threads \(threads): it must be 1 or more")
        }
    }

    /// The same, as the library takes it.
    func options(_ skim: SkimArguments, batchSize: Int) -> ModelOptions {
        ModelOptions(skimming: skim.skimming, threads: budget, batchSize: batchSize)
    }

    var budget: ThreadBudget { threads.flatMap { ThreadBudget(threads: $0) } ?? .physicalCores }
}
