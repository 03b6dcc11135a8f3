import TensorModule
import TestSupport
import Testing

@testable import EncoderModule

/// Golden values: `Scripts/golden/bert_golden.py`.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct EncoderTests {
    static let teams = (1...4).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    /// Largest errors observed: hidden 1.2e-6, attention 7.5e-7.
    @Test(arguments: ["gelu", "gelu_new", "relu"])
    func everyLayerEqualsHuggingFace(activation: String) throws {
        let golden = try GoldenFiles(.module).safetensors("bert-\(activation)")
        let window = GoldenWindow(tokens: 29, prefixLength: 9)
        let directory = try FormulaCheckpoint(activation: activation)
        for team in Self.teams {
            let checkpoint = try Checkpoint(directory: directory.path)
            let encoder = try Encoder(checkpoint: checkpoint, workers: team.size)
            let (embeddings, layers) = try encoder.encode([window], on: team)
            #expect(difference(embeddings, try golden.floats(named: "hidden.0")) == nil)
            #expect(layers.count == 3)
            let tolerance = Self.tolerance(of: encoder)
            for (layer, output) in zip(1..., layers) {
                let attention = try golden.floats(named: "attention.\(layer)")
                #expect(
                    difference(output.attention, attention) == nil,
                    "layer \(layer), \(team.size) threads"
                )
                let hidden = try golden.floats(named: "hidden.\(layer)")
                #expect(
                    difference(output.hidden, hidden, absolute: tolerance) == nil,
                    "layer \(layer), \(team.size) threads"
                )
            }
        }
    }

    /// The longest sums are those of the second feed-forward product; normalised states are of order 1.
    private static func tolerance(of encoder: Encoder) -> Float {
        sumTolerance(terms: encoder.configuration.intermediate)
    }

    static let lengths = [1, 2, 3, 17, 33, 64]

    /// Largest errors observed: hidden 1.2e-6, attention 6.0e-7.
    @Test func windowsOfAnyLengthEqualTheReferenceAloneAndTogether() throws {
        let directory = try FormulaCheckpoint()
        let checkpoint = try Checkpoint(directory: directory.path)
        let reference = try ReferenceEncoder(checkpoint: checkpoint)
        let windows = Self.lengths.map { GoldenWindow(tokens: $0, prefixLength: ($0 + 1) / 2) }
        let expected = try windows.map { try reference(ids: $0.ids, tokenTypes: $0.tokenTypes).layers }
        for team in Self.teams {
            let encoder = try Encoder(checkpoint: checkpoint, workers: team.size)
            let together = try encoder.encode(windows, on: team)
            let tolerance = Self.tolerance(of: encoder)
            for (layerIndex, output) in together.layers.enumerated() {
                let hidden = difference(
                    output.hidden,
                    expected.flatMap { $0[layerIndex].hidden },
                    absolute: tolerance
                )
                #expect(hidden == nil, "layer \(layerIndex + 1), \(team.size) threads")
                let attention = difference(output.attention, expected.flatMap { $0[layerIndex].attention })
                #expect(attention == nil, "layer \(layerIndex + 1), \(team.size) threads")
            }
            let alone = try windows.map { try encoder.encode([$0], on: team) }
            let isSame = zip(0..., together.layers).allSatisfy { layerIndex, output in
                areBitwiseEqual(alone.flatMap { $0.layers[layerIndex].hidden }, output.hidden)
                    && areBitwiseEqual(alone.flatMap { $0.layers[layerIndex].attention }, output.attention)
            }
            #expect(isSame, "\(team.size) threads")
        }
    }

    /// Wide enough that workers share products by columns; the largest error observed is 1.2e-6.
    @Test func aWideEncoderEqualsTheReference() throws {
        let configuration = EncoderConfiguration(
            layerCount: 2,
            hidden: 512,
            heads: 8,
            intermediate: 1_024,
            vocabularySize: 100,
            maximumPositions: 64,
            layerNormEpsilon: 1e-12
        )
        var random = RandomWeights(seed: 7)
        let weights = EncoderWeights(
            embeddings: EmbeddingWeights(random: configuration, &random),
            layers: (0..<2).map { _ in random.layer(configuration) }
        )
        let reference = ReferenceEncoder(configuration: configuration, weights: weights)
        let windows = [GoldenWindow(tokens: 3, prefixLength: 2), GoldenWindow(tokens: 1, prefixLength: 1)]
        let expected = try windows.map { try reference(ids: $0.ids, tokenTypes: $0.tokenTypes).layers }
        for team in Self.teams {
            let encoder = try Encoder(
                configuration: configuration,
                embeddings: weights.embeddings,
                layers: weights.layers.map {
                    try EncoderLayer($0, configuration: configuration, workers: team.size)
                }
            )
            let layers = try encoder.encode(windows, on: team).layers
            for (layerIndex, output) in layers.enumerated() {
                let hidden = difference(
                    output.hidden,
                    expected.flatMap { $0[layerIndex].hidden },
                    absolute: Self.tolerance(of: encoder)
                )
                #expect(hidden == nil, "layer \(layerIndex + 1), \(team.size) threads")
            }
        }
    }

    @Test func whetherAttentionIsKeptDoesNotChangeTheStates() throws {
        let directory = try FormulaCheckpoint()
        let checkpoint = try Checkpoint(directory: directory.path)
        let windows = Self.lengths.map { GoldenWindow(tokens: $0, prefixLength: ($0 + 1) / 2) }
        for team in Self.teams {
            let encoder = try Encoder(checkpoint: checkpoint, workers: team.size)
            let kept = try encoder.encode(windows, on: team).layers.map(\.hidden)
            let discarded = try encoder.encode(windows, attention: .discarded, on: team).layers.map(\.hidden)
            let isSame = zip(kept, discarded).allSatisfy(areBitwiseEqual)
            #expect(isSame, "\(team.size) threads")
        }
    }

    @Test func rejectsWindowsThatTheEncoderCannotTake() throws {
        let directory = try FormulaCheckpoint()
        let encoder = try Encoder(checkpoint: Checkpoint(directory: directory.path))
        let states = HiddenStates(encoder.configuration)
        #expect(throws: EncoderError.windowTooLong(tokens: 65, maximum: 64)) {
            let window = (ids: [Int32](repeating: 1, count: 65), tokenTypes: [Int32](repeating: 0, count: 65))
            try encoder.embed([([1], [0]), window], into: states, on: Self.teams[0])
        }
        #expect(throws: EncoderError.tokenOutOfRange(id: 100, tokenIndex: 1, vocabularySize: 100)) {
            try encoder.embed([([1, 100], [0, 0])], into: states, on: Self.teams[0])
        }
    }
}

extension EmbeddingWeights {
    /// Embeddings of the given shape with random weights.
    fileprivate init(random configuration: EncoderConfiguration, _ random: inout RandomWeights) {
        self.init(
            word: random.table(rows: configuration.vocabularySize, width: configuration.hidden),
            position: random.table(rows: configuration.maximumPositions, width: configuration.hidden),
            tokenType: random.table(rows: configuration.tokenTypeCount, width: configuration.hidden),
            norm: random.norm(width: configuration.hidden)
        )
    }
}

extension Encoder {
    /// What the layers make of a batch of windows.
    ///
    /// - Returns: the embeddings, `[tokens of all windows, hidden]`, and what each layer makes, with the attention of
    ///   one window after another; none when it is discarded.
    func encode(
        _ windows: [GoldenWindow],
        attention: EncoderLayer.Attention = .kept,
        on team: ThreadTeam
    ) throws -> (embeddings: [Float], layers: [ReferenceEncoder.LayerOutput]) {
        let states = HiddenStates(configuration)
        func hidden() -> [Float] {
            Array(UnsafeBufferPointer(start: states.values, count: states.tokens * configuration.hidden))
        }
        try embed(windows.map { ($0.ids, $0.tokenTypes) }, into: states, on: team)
        let embeddings = hidden()
        let outputs = try layers.map { layer in
            try layer(states, attention: attention, on: team)
            let count = windows.reduce(0) { $0 + configuration.heads * $1.ids.count * $1.ids.count }
            let maps = attention == .kept ? states.attention(ofWindow: 0) : nil
            return ReferenceEncoder.LayerOutput(
                hidden: hidden(),
                attention: Array(UnsafeBufferPointer(start: maps, count: maps == nil ? 0 : count))
            )
        }
        return (embeddings, outputs)
    }
}
