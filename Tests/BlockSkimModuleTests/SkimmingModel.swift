import EncoderModule
import TensorModule
import TestSupport

@testable import BlockSkimModule

/// A tiny skimming model with formula weights, both ways.
struct SkimmingModel {
    let configuration: SkimConfiguration
    let checkpoint: Checkpoint
    // Its files go when it does.
    private let directory: FormulaCheckpoint

    init(_ configuration: SkimConfiguration, family: FormulaFamily = .bert) throws {
        self.configuration = configuration
        let cells = BlockCells(blockSize: configuration.blockSize)
        directory = try FormulaCheckpoint(
            family: family,
            linearInputs: cells.featureCount(heads: 4, region: configuration.attentionRegion),
            stateChannels: configuration.stateChannels
        )
        checkpoint = try Checkpoint(directory: directory.path)
    }

    /// The policy that the configuration asks for.
    var policy: SkimPolicy { configuration.policy }

    /// The same, and a forced share after the first skim layer.
    func choices(keptFraction: Double) -> [any BlockChoice] {
        [policy, ForcedShare(keptFraction: keptFraction, afterLayer: configuration.skimLayers[0])]
    }

    func encoder(on team: ThreadTeam) throws -> RunningEncoder {
        var predictors: [Int: SkimPredictor] = [:]
        for skimLayer in configuration.skimLayers {
            let weights = try BlockSkimWeights(
                checkpoint: checkpoint,
                skimLayer: skimLayer,
                configuration: configuration
            )
            predictors[skimLayer] = try SkimPredictor(weights: weights, configuration: configuration)
        }
        return RunningEncoder(
            SkimmingEncoder(
                encoder: try Encoder(checkpoint: checkpoint, workers: team.size),
                modules: predictors,
                layout: configuration.blockLayout,
                blockSize: configuration.blockSize
            ),
            on: team
        )
    }

    func reference() throws -> ReferenceSkimmingEncoder {
        try ReferenceSkimmingEncoder(checkpoint: checkpoint, configuration: configuration)
    }

    /// Encoders with random weights, packed for 1, 2 and 3 workers, so wide that these share products by columns.
    private static let wideEncoders = (1...3).map { workers in
        Result {
            let sizes = EncoderConfiguration(
                layerCount: 3,
                hidden: 512,
                heads: 8,
                intermediate: 1_024,
                vocabularySize: 100,
                maximumPositions: 64
            )
            return try Encoder(random: sizes, seed: 5, workers: workers)
        }
    }

    /// A wide model for a team of 1, 2 or 3.
    static func wide(on team: ThreadTeam) throws -> RunningEncoder {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: [1, 2])
        var predictors: [Int: SkimPredictor] = [:]
        for skimLayer in configuration.skimLayers {
            let weights = BlockSkimWeights(
                random: configuration,
                heads: 8,
                hidden: 512,
                seed: UInt64(skimLayer)
            )
            predictors[skimLayer] = try SkimPredictor(weights: weights, configuration: configuration)
        }
        return RunningEncoder(
            SkimmingEncoder(
                encoder: try wideEncoders[team.size - 1].get(),
                modules: predictors,
                layout: configuration.blockLayout,
                blockSize: configuration.blockSize
            ),
            on: team
        )
    }
}

/// What one window gives.
struct EncodedWindow {
    /// `[tokens, hidden]`.
    var hidden: [Float]
    var trace: SkimTrace

    /// Whether all numbers are the same, to the last bit.
    func isSame(as other: EncodedWindow) -> Bool {
        trace == other.trace && areBitwiseEqual(hidden, other.hidden)
    }
}

/// A skimming encoder with threads and buffers.
struct RunningEncoder {
    let skimming: SkimmingEncoder
    let workspace: Workspace

    var encoder: Encoder { skimming.encoder }
    private var team: ThreadTeam { workspace.team }

    init(_ skimming: SkimmingEncoder, on team: ThreadTeam) {
        self.skimming = skimming
        workspace = Workspace(skimming.encoder.configuration, team: team)
    }

    func encode(_ windows: [GoldenWindow], policy: (any BlockChoice)?) throws -> [EncodedWindow] {
        self.windows(of: try skimming(windows.map(\.window), choosing: policy, in: workspace))
    }

    /// Begins a pass that the caller takes through the layers.
    func pass(_ windows: [GoldenWindow]) throws -> EncoderPass {
        try EncoderPass(
            windows.map(\.window),
            encoder: encoder,
            partition: skimming.partition,
            in: workspace
        )
    }

    /// What a pass gives, window by window.
    func windows(of output: EncoderPass.Output) -> [EncodedWindow] {
        var start = output.hidden
        return output.traces.map { trace in
            let count = trace.tokens * encoder.configuration.hidden
            defer { start += count }
            return EncodedWindow(hidden: Array(UnsafeBufferPointer(start: start, count: count)), trace: trace)
        }
    }

    /// The hidden states of a batch after a number of layers of the plain encoder, one window after another.
    func encodePlainly(_ windows: [GoldenWindow], layers: Int) throws -> [[Float]] {
        let states = HiddenStates(encoder.configuration)
        try encoder.embed(windows.map { ($0.ids, $0.tokenTypes) }, into: states, on: team)
        for layer in encoder.layers.prefix(layers) { try layer(states, attention: .discarded, on: team) }
        let width = encoder.configuration.hidden
        return states.windows.map { rows in
            Array(
                UnsafeBufferPointer(
                    start: states.values + rows.lowerBound * width,
                    count: rows.count * width
                )
            )
        }
    }
}

extension GoldenWindow {
    var window: ContextWindow {
        ContextWindow(
            ids: ids,
            tokenTypes: tokenTypes,
            prefixLength: prefixLength,
            contextTokens: 0..<ids.count - prefixLength
        )
    }

    /// Windows of 1 to 64 tokens with prefixes of all lengths.
    static func random(_ count: Int, _ random: inout SplitMix) -> [GoldenWindow] {
        (0..<count).map { _ in
            let tokens = Int.random(in: 1...64, using: &random)
            return GoldenWindow(tokens: tokens, prefixLength: Int.random(in: 1...tokens, using: &random))
        }
    }
}
