import EncoderModule
import SafetensorsModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// Golden values: `Scripts/golden/real_windows_golden.py`.
///
/// Activations of a real model span more orders of magnitude than those of formula weights, and the golden values
/// are single precision, so the absolute tolerance is wider by ten.
@Suite(
    .enabled(
        if: SharedDirectory.path(RealWindow.model) != nil,
        "the checkpoint models/interim-minilm-squad is not in the shared directory"
    )
)
struct RealWindowsTests {
    /// Largest errors observed: span logits 4.5e-6, block logits 4.2e-7.
    @Test func theReferenceEqualsHuggingFaceDenseAndSkimmed() throws {
        // The other window has 384 tokens and would take minutes.
        let window = try RealWindow("short")
        let encoder = try ReferenceEncoder(checkpoint: window.checkpoint)
        let layers = try encoder(ids: window.ids, tokenTypes: window.tokenTypes).layers
        for (layer, output) in zip(1..., layers) {
            let module = ReferenceBlockSkimModule(
                weights: try window.moduleWeights(layer),
                region: window.configuration.attentionRegion
            )
            let logits = module(attention: output.attention, partition: window.partition)
            let expected = try window.expected("blocks.\(layer)")
            #expect(difference(logits, expected, absolute: 1e-5) == nil, "layer \(layer)")
        }
        let dense = window.spanLogits(try #require(layers.last).hidden)
        #expect(difference(dense, try window.expected("dense"), absolute: 1e-5) == nil)

        let skimming = try ReferenceSkimmingEncoder(
            checkpoint: window.checkpoint,
            configuration: window.configuration
        )
        let (hidden, trace) = try skimming(
            ids: window.ids,
            tokenTypes: window.tokenTypes,
            prefixLength: window.partition.prefixLength
        )
        #expect(try trace.layers.flatMap(\.blocks).map(\.kept) == window.expectedKept)
        let skimmed = window.spanLogits(hidden)
        #expect(difference(skimmed, try window.expected("skimmed"), absolute: 1e-5) == nil)
    }

    /// Largest errors observed: span logits 5.5e-6, block logits 3.8e-6.
    @Test(arguments: ["short", "full"], 1...3)
    func theFastPathEqualsHuggingFaceDenseAndSkimmed(name: String, threads: Int) throws {
        let window = try RealWindow(name)
        let team = ThreadTeam(try #require(ThreadBudget(threads: threads)))
        let encoder = try Encoder(checkpoint: window.checkpoint, workers: threads)
        let states = HiddenStates(encoder.configuration)
        let workspace = SkimWorkspace(heads: encoder.configuration.heads, workers: threads)
        var predictors: [Int: SkimPredictor] = [:]
        try encoder.embed([(window.ids, window.tokenTypes)], into: states, on: team)
        for (layer, attend) in zip(1..., encoder.layers) {
            try attend(states, attention: .kept, on: team)
            let predict = try SkimPredictor(
                weights: try window.moduleWeights(layer),
                configuration: window.configuration
            )
            let logits = try predict(
                attention: states.attention(ofWindow: 0),
                hidden: states.values,
                partition: window.partition,
                workspace: workspace,
                on: team
            )
            let expected = try window.expected("blocks.\(layer)")
            #expect(difference(logits, expected, absolute: 1e-5) == nil, "layer \(layer)")
            if window.configuration.skimLayers.contains(layer) { predictors[layer] = predict }
        }
        let count = states.tokens * encoder.configuration.hidden
        let dense = window.spanLogits(Array(UnsafeBufferPointer(start: states.values, count: count)))
        #expect(difference(dense, try window.expected("dense"), absolute: 1e-5) == nil)

        let skimming = SkimmingEncoder(
            encoder: encoder,
            modules: predictors,
            layout: window.configuration.blockLayout,
            blockSize: window.configuration.blockSize
        )
        let output = try skimming(
            [
                ContextWindow(
                    ids: window.ids,
                    tokenTypes: window.tokenTypes,
                    prefixLength: window.partition.prefixLength,
                    contextTokens: 0..<window.ids.count - window.partition.prefixLength
                )
            ],
            choosing: window.configuration.policy,
            in: Workspace(encoder.configuration, team: team)
        )
        #expect(try output.traces[0].layers.flatMap(\.blocks).map(\.kept) == window.expectedKept)
        let skimmed = window.spanLogits(Array(UnsafeBufferPointer(start: output.hidden, count: count)))
        #expect(difference(skimmed, try window.expected("skimmed"), absolute: 1e-5) == nil)
    }
}

/// A window of the golden file with the checkpoint that it was made with.
private struct RealWindow {
    static let model = "models/interim-minilm-squad"

    let checkpoint: Checkpoint
    let configuration: SkimConfiguration
    let ids: [Int32]
    let tokenTypes: [Int32]
    let partition: BlockPartition
    private let name: String
    private let golden: SafetensorsFile
    private let head: LinearWeights

    init(_ name: String) throws {
        self.name = name
        golden = try GoldenFiles(.module).safetensors("real-windows")
        let directory = try #require(SharedDirectory.path(Self.model))
        checkpoint = try Checkpoint(directory: directory)
        var configuration = try SkimConfiguration(directory: directory)
        let layer = try #require(golden.metadata["skim_layer"].flatMap(Int.init))
        configuration.policy.thresholds = [
            layer: try #require(golden.metadata["threshold"].flatMap(Double.init))
        ]
        self.configuration = configuration
        head = try SpanHeadWeights(checkpoint: checkpoint).outputs
        ids = try golden.integers(named: "\(name).ids").map(Int32.init)
        let prefixLength = Int(try #require(golden.integers(named: "\(name).prefix").first))
        tokenTypes = ids.indices.map { $0 < prefixLength ? 0 : 1 }
        partition = BlockPartition(
            tokens: ids.count,
            prefixLength: prefixLength,
            layout: configuration.blockLayout,
            blockSize: configuration.blockSize
        )
    }

    func moduleWeights(_ layer: Int) throws -> BlockSkimWeights {
        try BlockSkimWeights(checkpoint: checkpoint, skimLayer: layer, configuration: configuration)
    }

    func expected(_ tensor: String) throws -> [Float] { try golden.floats(named: "\(name).\(tensor)") }

    /// What the golden logits of the skim layer decide.
    var expectedKept: [Bool] {
        get throws {
            let probabilities = Reference.softmax(
                try expected("blocks.\(configuration.skimLayers[0])"),
                width: 2
            )
            return stride(from: 0, to: probabilities.count, by: 2).map {
                Double(probabilities[$0]) <= configuration.policy.thresholds[configuration.skimLayers[0]] ?? 1
            }
        }
    }

    /// Start and end logits, `[tokens, 2]`.
    func spanLogits(_ hidden: [Float]) -> [Float] {
        Reference.linear(hidden, weight: head.weight, bias: head.bias, rows: ids.count)
    }
}
