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

    init(_ configuration: SkimConfiguration) throws {
        self.configuration = configuration
        let cells = BlockCells(blockSize: configuration.blockSize)
        directory = try FormulaCheckpoint(
            linearInputs: cells.featureCount(heads: 4, region: configuration.attentionRegion),
            stateChannels: configuration.stateChannels
        )
        checkpoint = try Checkpoint(directory: directory.path)
    }

    /// The policy that the configuration asks for.
    var policy: SkimPolicy {
        .threshold(configuration.skipThreshold, minimumKeptBlocks: configuration.minimumKeptBlocks)
    }

    func encoder(on team: ThreadTeam) throws -> SkimmingEncoder {
        var predictors: [Int: SkimPredictor] = [:]
        for skimLayer in configuration.skimLayers {
            let weights = try BlockSkimWeights(
                checkpoint: checkpoint,
                skimLayer: skimLayer,
                configuration: configuration
            )
            predictors[skimLayer] = SkimPredictor(weights: weights, configuration: configuration)
        }
        return SkimmingEncoder(
            encoder: try Encoder(checkpoint: checkpoint, workers: team.size),
            predictors: predictors,
            layout: configuration.blockLayout,
            blockSize: configuration.blockSize,
            team: team
        )
    }

    func reference() throws -> ReferenceSkimmingEncoder {
        try ReferenceSkimmingEncoder(checkpoint: checkpoint, configuration: configuration)
    }

    /// Encoders with random weights, packed for 1, 2 and 3 workers, so wide that these share products by columns.
    private static let wideEncoders = (1...3).map { workers in
        let sizes = EncoderConfiguration(
            layerCount: 3,
            hidden: 512,
            heads: 8,
            intermediate: 1_024,
            vocabularySize: 100,
            maximumPositions: 64
        )
        return Encoder(random: sizes, seed: 5, workers: workers)
    }

    /// A wide model for a team of 1, 2 or 3.
    static func wide(on team: ThreadTeam) throws -> SkimmingEncoder {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: [1, 2])
        var predictors: [Int: SkimPredictor] = [:]
        for skimLayer in configuration.skimLayers {
            let weights = BlockSkimWeights(
                random: configuration,
                heads: 8,
                hidden: 512,
                seed: UInt64(skimLayer)
            )
            predictors[skimLayer] = SkimPredictor(weights: weights, configuration: configuration)
        }
        return SkimmingEncoder(
            encoder: wideEncoders[team.size - 1],
            predictors: predictors,
            layout: configuration.blockLayout,
            blockSize: configuration.blockSize,
            team: team
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

extension SkimmingEncoder {
    func encode(_ windows: [GoldenWindow], policy: SkimPolicy?) throws -> [EncodedWindow] {
        let output = try self(
            windows.map { Window(ids: $0.ids, tokenTypes: $0.tokenTypes, prefixLength: $0.prefixLength) },
            policy: policy
        )
        var start = output.hidden
        return zip(windows, output.traces).map { window, trace in
            let count = window.ids.count * encoder.configuration.hidden
            defer { start += count }
            return EncodedWindow(hidden: Array(UnsafeBufferPointer(start: start, count: count)), trace: trace)
        }
    }

    /// The hidden states of a batch after a number of layers of the plain encoder, one window after another.
    func encodePlainly(_ windows: [GoldenWindow], layers: Int) throws -> [[Float]] {
        let states = HiddenStates(encoder.configuration)
        try encoder.embed(windows.map { ($0.ids, $0.tokenTypes) }, into: states, on: team)
        for layer in encoder.layers.prefix(layers) { layer(states, attention: .discarded, on: team) }
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
    /// Windows of 1 to 64 tokens with prefixes of all lengths.
    static func random(_ count: Int, _ random: inout SplitMix) -> [GoldenWindow] {
        (0..<count).map { _ in
            let tokens = Int.random(in: 1...64, using: &random)
            return GoldenWindow(tokens: tokens, prefixLength: Int.random(in: 1...tokens, using: &random))
        }
    }
}
