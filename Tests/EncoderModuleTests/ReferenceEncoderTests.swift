import EncoderModule
import Foundation
import SafetensorsModule
import TensorModule
import TestSupport
import Testing

/// Golden values: `Scripts/golden/bert_golden.py`.
@Suite struct ReferenceEncoderTests {
    @Test(arguments: ["gelu", "gelu_new", "relu"])
    func everyLayerEqualsHuggingFace(activation: String) throws {
        let golden = try GoldenFiles(.module).safetensors("bert-\(activation)")
        let window = GoldenWindow(tokens: 29, prefixLength: 9)
        #expect(try golden.integers(named: "ids").map(Int32.init) == window.ids)
        #expect(try golden.integers(named: "token_types").map(Int32.init) == window.tokenTypes)

        let directory = try FormulaCheckpoint(activation: activation)
        let checkpoint = try Checkpoint(directory: directory.path)
        let encoder = try ReferenceEncoder(checkpoint: checkpoint)
        let (embeddings, layers) = try encoder(ids: window.ids, tokenTypes: window.tokenTypes)

        // Largest errors observed: hidden 1.2e-6, attention 5.1e-7, logits 1.1e-6.
        #expect(difference(embeddings, try golden.floats(named: "hidden.0")) == nil)
        for (layerIndex, layer) in layers.enumerated() {
            let attention = try golden.floats(named: "attention.\(layerIndex + 1)")
            #expect(difference(layer.attention, attention) == nil, "layer \(layerIndex + 1)")
            let hidden = try golden.floats(named: "hidden.\(layerIndex + 1)")
            #expect(difference(layer.hidden, hidden) == nil, "layer \(layerIndex + 1)")
        }
        let head = try SpanHeadWeights(checkpoint: checkpoint).outputs
        let logits = Reference.linear(
            try #require(layers.last).hidden,
            weight: head.weight,
            bias: head.bias,
            rows: window.ids.count
        )
        let start = stride(from: 0, to: logits.count, by: 2).map { logits[$0] }
        let end = stride(from: 1, to: logits.count, by: 2).map { logits[$0] }
        #expect(difference(start, try golden.floats(named: "start_logits")) == nil)
        #expect(difference(end, try golden.floats(named: "end_logits")) == nil)
    }

    @Test func rejectsWindowsThatTheEncoderCannotTake() throws {
        let directory = try FormulaCheckpoint()
        let encoder = try ReferenceEncoder(checkpoint: Checkpoint(directory: directory.path))
        func encode(_ ids: [Int32], _ types: [Int32]) throws {
            _ = try encoder.embed(ids: ids, tokenTypes: types)
        }
        #expect(throws: EncoderError.emptyWindow) { try encode([], []) }
        #expect(throws: EncoderError.windowTooLong(tokens: 65, maximum: 64)) {
            try encode(Array(repeating: 1, count: 65), Array(repeating: 0, count: 65))
        }
        #expect(throws: EncoderError.tokenTypeCountMismatch(tokens: 2, tokenTypes: 1)) {
            try encode([1, 2], [0])
        }
        #expect(throws: EncoderError.tokenOutOfRange(id: 100, tokenIndex: 1, vocabularySize: 100)) {
            try encode([1, 100], [0, 0])
        }
        #expect(throws: EncoderError.tokenOutOfRange(id: -1, tokenIndex: 0, vocabularySize: 100)) {
            try encode([-1], [0])
        }
        #expect(throws: EncoderError.tokenTypeOutOfRange(tokenType: 2, tokenIndex: 0, tokenTypeCount: 2)) {
            try encode([1], [2])
        }
    }
}
