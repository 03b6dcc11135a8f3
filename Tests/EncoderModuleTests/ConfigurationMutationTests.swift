import EncoderModule
import TestSupport
import Testing

/// A slice of what `Benchmarks/Fuzz` does: a broken `config.json` throws or is read, and never traps.
@Suite struct ConfigurationMutationTests {
    private let scratch: ScratchDirectory
    private let original = Array(
        #"""
        {"model_type": "bert", "num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4.0,
        "intermediate_size": 64, "vocab_size": 1e2, "max_position_embeddings": 64, "type_vocab_size": 2,
        "layer_norm_eps": 1e-12, "hidden_act": "gelu", "position_embedding_type": "absolute",
        "is_decoder": false, "pruned_heads": {}, "id2label": {"0": "\u00e9 \ud83d\ude00"}}
        """#.utf8
    )

    init() throws { scratch = try ScratchDirectory() }

    private func outcome(_ bytes: [UInt8]) throws -> String {
        try scratch.write(bytes, to: "config.json")
        do throws(EncoderError) {
            let configuration = try EncoderConfiguration(directory: scratch.path)
            #expect(configuration.hidden.isMultiple(of: configuration.heads))
            return "accepted"
        } catch {
            #expect(error.description.contains(scratch.path) && !error.description.contains("\n"))
            if case .notJSONObject = error { return "not JSON" }
            return "rejected"
        }
    }

    @Test func everyTruncationThrows() throws {
        #expect(try outcome(original) == "accepted")
        for count in original.indices {
            #expect(try outcome(Array(original[..<count])) == "not JSON", "\(count) bytes")
        }
    }

    @Test func noMutationTraps() throws {
        var random = SplitMix(seed: 42)
        var outcomes: [String: Int] = [:]
        for _ in 0..<1_500 {
            outcomes[try outcome(random.mutated(original)), default: 0] += 1
            outcomes[try outcome(random.mutatedText(original)), default: 0] += 1
        }
        // The mutations reach all three ends.
        #expect(outcomes.count == 3 && outcomes.values.allSatisfy { $0 > 100 }, "\(outcomes)")
    }
}
