import BlockSkimModule
import EncoderModule
import Foundation
import TensorModule
import TestSupport
import Testing

/// Golden values: `Scripts/golden/real_windows_golden.py`.
@Suite struct RealWindowsTests {
    static let model = SharedDirectory.path("models/interim-minilm-squad")

    /// Largest errors observed: span logits 4.5e-6, block logits 1.1e-6.
    ///
    /// Activations of a real model span more orders of magnitude than those of formula weights, and the golden
    /// values are single precision, so the absolute tolerance is wider by ten.
    @Test(
        .enabled(
            if: model != nil,
            "the checkpoint models/interim-minilm-squad is not in the shared directory"
        )
    )
    func aRealWindowEqualsHuggingFaceDenseAndSkimmed() throws {
        let golden = try GoldenFiles(.module).safetensors("real-windows")
        let directory = try #require(Self.model)
        let checkpoint = try Checkpoint(directory: directory)
        var configuration = try SkimConfiguration(directory: directory)
        configuration.skipThreshold = try #require(golden.metadata["threshold"].flatMap(Double.init))
        configuration.skimLayers = [try #require(golden.metadata["skim_layer"].flatMap(Int.init))]
        let head = try SpanHeadWeights(checkpoint: checkpoint).outputs
        let ids = try golden.integers(named: "short.ids").map(Int32.init)
        let prefixLength = Int(try #require(golden.integers(named: "short.prefix").first))
        let types: [Int32] = ids.indices.map { $0 < prefixLength ? 0 : 1 }
        func spans(_ hidden: [Float]) -> [Float] {
            Reference.linear(hidden, weight: head.weight, bias: head.bias, rows: ids.count)
        }

        let encoder = try ReferenceEncoder(checkpoint: checkpoint)
        let layers = try encoder(ids: ids, tokenTypes: types).layers
        let partition = BlockPartition(
            tokens: ids.count,
            prefixLength: prefixLength,
            layout: configuration.blockLayout,
            blockSize: configuration.blockSize
        )
        for (layerIndex, layer) in layers.enumerated() {
            let module = ReferenceBlockSkimModule(
                weights: try BlockSkimWeights(
                    checkpoint: checkpoint,
                    skimLayer: layerIndex + 1,
                    configuration: configuration
                ),
                region: configuration.attentionRegion
            )
            let logits = module(attention: layer.attention, partition: partition)
            let expected = try golden.floats(named: "short.blocks.\(layerIndex + 1)")
            #expect(
                difference(logits, expected, absolute: 1e-5) == nil,
                "layer \(layerIndex + 1)"
            )
        }
        let dense = spans(try #require(layers.last).hidden)
        let expectedDense = try golden.floats(named: "short.dense")
        #expect(difference(dense, expectedDense, absolute: 1e-5) == nil)

        let skimming = try ReferenceSkimmingEncoder(checkpoint: checkpoint, configuration: configuration)
        let (hidden, trace) = try skimming(ids: ids, tokenTypes: types, prefixLength: prefixLength)
        #expect(trace.layers.flatMap(\.blocks).map(\.kept) == [true, true, false])
        let expectedSkimmed = try golden.floats(named: "short.skimmed")
        #expect(difference(spans(hidden), expectedSkimmed, absolute: 1e-5) == nil)
    }
}
