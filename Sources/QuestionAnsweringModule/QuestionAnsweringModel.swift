import BlockSkimModule
import EncoderModule
import TensorModule
import TokenizerModule

/// A checkpoint, loaded: tokenizer, encoder, Block Skim Modules and span head.
///
/// Immutable, so that any number of answerers, each with threads and buffers of its own, share one:
///
/// ```swift
/// let model = try QuestionAnsweringModel(directory: "path/to/checkpoint")
/// let answerers = (0..<4).map { _ in QuestionAnswerer(model, threads: ThreadBudget(threads: 1)!) }
/// ```
public final class QuestionAnsweringModel: Sendable {
    /// The checkpoint directory.
    public let directory: String
    /// The model's tokenizer.
    public let tokenizer: Tokenizer
    /// The shape of the model's encoder.
    public var encoder: EncoderConfiguration { encode.encoder.configuration }
    /// How the checkpoint skims, from `blockskim.json`; nil for a dense one.
    public let skimming: SkimConfiguration?
    /// The number format of the weights of the encoder's layers, and of the products with them.
    public let precision: Precision
    /// The layers with a Block Skim Module, counted from 1; any of them can be a skim layer.
    public var moduleLayers: [Int] { encode.modules.keys.sorted() }

    /// How long documents are read, from `blockskim.json`; nil when the model was not calibrated for them.
    public let documents: BestFirstReading?
    /// What other ways to read them cost; nil when that was not measured.
    private let readingFrontier: ReadingFrontier?
    /// How sure answers are, from `blockskim.json`; nil when the model was not calibrated for that.
    public let confidence: ConfidenceMap?

    /// What calibration measured; an error only for those who ask for it.
    private let frontier: Result<SkimFrontier?, BlockSkimError>
    let encode: SkimmingEncoder
    private let head: PackedLinear
    let layout: SpecialTokenLayout

    /// Loads a checkpoint directory in Hugging Face's layout.
    ///
    /// - Parameters:
    ///   - directory: `config.json`, `model.safetensors`, the tokenizer's files and, for a model that skims,
    ///     `blockskim.json`.
    ///   - precision: The number format of weights and products; nil for the fastest that this processor runs natively and
    ///     that lost at most 0.1 points of F1, or that and its standard error, when the checkpoint was calibrated.
    ///   - threads: For how many threads the weights are laid out. Any number can use them.
    /// - Throws: `tokenizer`, `encoder`, `blockSkim`, `vocabularyMismatch`.
    public init(
        directory: String,
        precision: Precision? = nil,
        threads: ThreadBudget = .physicalCores
    ) throws(QuestionAnsweringError) {
        self.directory = directory
        let head: SpanHeadWeights
        do {
            let checkpoint = try Checkpoint(directory: directory)
            let skimming = try SkimConfiguration(ifPresentIn: directory)
            self.skimming = skimming
            documents = try BestFirstReading(ifPresentIn: directory)
            readingFrontier = try ReadingFrontier(ifPresentIn: directory)
            confidence = try ConfidenceMap(ifPresentIn: directory)
            frontier = Result { () throws(BlockSkimError) in
                skimming == nil ? nil : try SkimFrontier(directory: directory)
            }
            self.precision = precision ?? .automatic((try? frontier.get()) ?? nil)
            let encoder = try Encoder(
                checkpoint: checkpoint,
                precision: self.precision,
                workers: threads.threads
            )
            head = try SpanHeadWeights(checkpoint: checkpoint)
            try skimming?.check(layerCount: encoder.configuration.layerCount)
            encode = SkimmingEncoder(
                encoder: encoder,
                modules: try skimming.map { try Self.modules($0, of: checkpoint) } ?? [:],
                layout: skimming?.blockLayout ?? .passageAligned,
                blockSize: skimming?.blockSize ?? SkimConfiguration.maximumBlockSize
            )
            try checkpoint.rejectUnusedTensors(except: skimming == nil ? [BlockSkimWeights.denseExtra] : [])
            checkpoint.releasePages()
        } catch let error as BlockSkimError {
            throw .blockSkim(error)
        } catch let error as EncoderError {
            throw .encoder(error)
        } catch {
            preconditionFailure("loading a model threw \(error)")
        }
        do { self.head = try PackedLinear(head.outputs) } catch { throw .encoder(.tensor(error)) }
        do {
            tokenizer = try Tokenizer(directory: directory)
        } catch {
            throw .tokenizer(error)
        }
        let shape = encode.encoder.configuration
        guard tokenizer.vocabularySize <= shape.vocabularySize else {
            throw .vocabularyMismatch(
                directory: directory,
                tokenizer: tokenizer.vocabularySize,
                embeddings: shape.vocabularySize
            )
        }
        layout = SpecialTokenLayout(tokenizer.pairLayout, tokenTypeCount: shape.tokenTypeCount)
        SystemAllocator.returnFreedMemory()
    }

    /// The Block Skim Modules of a checkpoint: those of its skim layers, and whatever others it has.
    private static func modules(
        _ skimming: SkimConfiguration,
        of checkpoint: Checkpoint
    ) throws -> [Int: SkimPredictor] {
        var modules: [Int: SkimPredictor] = [:]
        for layer in 1...checkpoint.configuration.layerCount
        where skimming.skimLayers.contains(layer)
            || checkpoint.elementCount(prefix: BlockSkimWeights.modulePrefix(skimLayer: layer)) > 0
        {
            modules[layer] = try SkimPredictor(
                checkpoint: checkpoint,
                skimLayer: layer,
                configuration: skimming
            )
        }
        return modules
    }

    /// How blocks are dropped for a request; nil when it runs dense.
    ///
    /// - Throws: `blockSkim`, `denseCheckpoint`, `notCalibrated`, `maximumF1LossNegative`.
    public func policy(for request: Skimming) throws(QuestionAnsweringError) -> SkimPolicy? {
        if case .maximumF1Loss(let loss) = request, !(loss >= 0) { throw .maximumF1LossNegative(loss) }
        switch request {
        case .dense: return nil
        case .asConfigured: return skimming?.policy
        case .policy, .adjusted, .maximumF1Loss: break
        }
        guard let skimming else { throw .denseCheckpoint(directory: directory) }
        guard let policy = try chosen(request, from: skimming.policy) else { return nil }
        try check(policy)
        return policy
    }

    /// Checks a way to skim against the encoder and its modules.
    ///
    /// - Throws: `blockSkim`, `noBlockSkimModule`.
    private func check(_ policy: SkimPolicy) throws(QuestionAnsweringError) {
        do {
            try policy.check(layerCount: encoder.layerCount)
        } catch {
            throw .blockSkim(error)
        }
        guard policy.layers.allSatisfy(moduleLayers.contains) else {
            throw .noBlockSkimModule(
                directory: directory,
                layers: policy.layers.filter { !moduleLayers.contains($0) },
                available: moduleLayers
            )
        }
    }

    /// A way to skim with another score below which it looks again.
    ///
    /// - Parameters:
    ///   - policy: The way; nil for a dense run.
    ///   - secondLookScore: The score; nil for the way's own.
    /// - Returns: The way with that score.
    /// - Throws: `blockSkim`.
    func policy(
        _ policy: SkimPolicy?,
        secondLookScore: Double?
    ) throws(QuestionAnsweringError) -> SkimPolicy? {
        guard var policy, let secondLookScore else { return policy }
        policy.secondLookScore = secondLookScore
        try check(policy)
        return policy
    }

    private func chosen(
        _ request: Skimming,
        from configured: SkimPolicy
    ) throws(QuestionAnsweringError) -> SkimPolicy? {
        var policy = configured
        switch request {
        case .dense: return nil
        case .asConfigured: break
        case .policy(let given): return given
        case .adjusted(let skimLayers, let skipThresholds):
            let layers = skimLayers ?? policy.layers
            guard skipThresholds.count <= 1 || skipThresholds.count == layers.count else {
                throw .thresholdCountMismatch(layers: layers, thresholds: skipThresholds)
            }
            // Of a layer that the file does not name, nothing is known: the file's safest threshold.
            let safest = policy.thresholds.values.max() ?? 1
            let given = policy.thresholds
            policy.thresholds = Dictionary(
                layers.enumerated().map { index, layer in
                    let threshold = skipThresholds.count > 1 ? skipThresholds[index] : skipThresholds.first
                    return (layer, threshold ?? given[layer] ?? safest)
                }
            ) { first, _ in first }
        case .maximumF1Loss(let loss):
            let measured: SkimFrontier?
            do { measured = try frontier.get() } catch { throw .blockSkim(error) }
            guard let measured else { throw .notCalibrated(directory: directory) }
            guard let point = measured.fastest(maximumF1Loss: loss) else { return nil }
            policy.thresholds = point.skipThresholds.byLayer(point.skimLayers)
        }
        return policy
    }

    /// How long documents are read best-first for a request; nil when all windows are read.
    ///
    /// - Throws: As ``policy(for:)``.
    func bestFirst(for settings: QuestionAnswerer.Settings) throws(QuestionAnsweringError)
        -> BestFirstReading?
    {
        var reading: BestFirstReading
        switch settings.reading {
        case .all: return nil
        case .bestFirst(let given?):
            if let policy = given.policy { try check(policy) }
            return given
        case .bestFirst(nil): reading = documents ?? BestFirstReading(policy: skimming?.policy)
        case .asConfigured:
            guard let documents else { return nil }
            reading = documents
        }
        switch settings.skimming {
        case .asConfigured: break
        case .maximumF1Loss(let loss):
            // Also checks the loss. What it allows was measured of documents by itself.
            _ = try policy(for: settings.skimming)
            if let point = readingFrontier?.cheapest(maximumF1Loss: loss) { reading = point.reading }
        case .dense, .adjusted, .policy: reading.policy = try policy(for: settings.skimming)
        }
        if let policy = reading.policy { try check(policy) }
        return reading
    }

    /// Encodes windows together and scores their tokens.
    ///
    /// - Parameters:
    ///   - windows: At least one; of any questions and documents.
    ///   - choice: Who decides which blocks are dropped; nil for a dense run.
    ///   - unsure: Which windows, by their place, are to be looked at again with all their blocks, by what is said of them.
    ///   - workspace: Threads and buffers.
    /// - Returns: One result a window.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`, `cancelled`.
    func score(
        _ windows: [ContextWindow],
        choosing choice: (any BlockChoice)?,
        lookingAgainAt unsure: @Sendable ([WindowResult]) -> [Int],
        in workspace: Workspace
    ) throws(EncoderError) -> [WindowResult] {
        let pass = try encode.pass(over: windows, choosing: choice, in: workspace)
        var results = try score(pass, in: workspace)
        let again = unsure(results)
        guard !again.isEmpty else { return results }
        try pass.lookAgain(at: windows.indices.map(Set(again).contains))
        let second = try score(pass, in: workspace)
        for window in again { results[window] = second[window].after(results[window]) }
        return results
    }

    /// Scores the tokens of the windows of a finished pass.
    private func score(_ pass: EncoderPass, in workspace: Workspace) throws(EncoderError) -> [WindowResult] {
        let (windows, output) = (pass.windows, try pass.output())
        let tokens = windows.reduce(0) { $0 + $1.tokenCount }
        var logits = [Float](repeating: 0, count: tokens * 2)  // [tokens, 2]
        logits.withUnsafeMutableBufferPointer { logits in
            guard let start = logits.baseAddress else { return }
            head(output.hidden, rows: tokens, into: start, on: workspace.team)
        }
        do { try workspace.team.rethrow() } catch { throw .tensor(error) }
        var start = 0
        return zip(windows, output.traces).map { window, trace in
            defer { start += window.tokenCount }
            let rows = start..<start + window.tokenCount
            return WindowResult(
                window: window,
                trace: trace,
                firstTrace: nil,
                layerCount: encoder.layerCount,
                startLogits: rows.map { logits[2 * $0] },
                endLogits: rows.map { logits[2 * $0 + 1] }
            )
        }
    }

    /// Threads and buffers for this model.
    func workspace(_ threads: ThreadBudget) -> Workspace { Workspace(encoder, threads: threads) }
}
