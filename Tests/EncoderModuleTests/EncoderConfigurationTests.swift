import EncoderModule
import Foundation
import TestSupport
import Testing

@Suite struct EncoderConfigurationTests {
    private func read(_ changes: [String: String?]) throws -> EncoderConfiguration {
        let directory = try FormulaCheckpoint(configuration: changes)
        return try EncoderConfiguration(directory: directory.path)
    }

    @Test func readsABERTConfiguration() throws {
        let configuration = try read([
            "hidden_act": "\"relu\"", "layer_norm_eps": "1e-5", "is_decoder": "false", "pruned_heads": "{}",
            "id2label": "{\"0\": \"A\"}",
        ])
        #expect(
            configuration
                == EncoderConfiguration(
                    layerCount: 3,
                    hidden: 32,
                    heads: 4,
                    intermediate: 64,
                    vocabularySize: 100,
                    maximumPositions: 64,
                    tokenTypeCount: 2,
                    layerNormEpsilon: 1e-5,
                    activation: .relu
                )
        )
        #expect(configuration.headSize == 8)
    }

    @Test func fillsInHuggingFacesDefaults() throws {
        let configuration = try read([
            "hidden_act": .none, "layer_norm_eps": .none, "type_vocab_size": .none,
            "position_embedding_type": .none,
        ])
        #expect(configuration.activation == .geluErf)
        #expect(configuration.layerNormEpsilon == 1e-12)
        #expect(configuration.tokenTypeCount == 2)
    }

    @Test(arguments: [
        ("gelu", Activation.geluErf), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh),
        ("relu", .relu),
    ])
    func readsEveryActivation(name: String, activation: Activation) throws {
        #expect(try read(["hidden_act": "\"\(name)\""]).activation == activation)
    }

    @Test func namesAnActivationThatIsNotSupported() {
        #expect { _ = try read(["hidden_act": "\"silu\""]) } throws: { error in
            guard case .unsupportedActivation(_, "silu", _) = error as? EncoderError else { return false }
            return true
        }
    }

    @Test func namesAnArchitectureThatIsNotSupported() {
        #expect { _ = try read(["model_type": "\"t5\""]) } throws: { error in
            let families = ModelFamily.allCases.map(\.rawValue)
            guard case .unsupportedArchitecture(_, "t5", families) = error as? EncoderError else {
                return false
            }
            return "\(error)".contains(
                "the architecture \"t5\" is not supported; supported: bert, roberta, albert, distilbert, xlm-roberta"
            )
        }
    }

    @Test(arguments: ["model_type", "hidden_act", "position_embedding_type"])
    func showsANameWithALineBreakInOneLine(key: String) {
        #expect { _ = try read([key: "\"a\\nb\""]) } throws: { error in
            "\(error)".contains(#""a\nb""#) && !"\(error)".contains("\n")
        }
    }

    @Test(arguments: [
        "model_type", "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size",
        "vocab_size", "max_position_embeddings",
    ])
    func namesAMissingKey(key: String) {
        #expect { _ = try read([key: String?.none]) } throws: { error in
            guard case .missingKey(_, key) = error as? EncoderError else { return false }
            return true
        }
    }

    @Test(arguments: [
        ("num_hidden_layers", "0"), ("hidden_size", "-32"), ("hidden_size", "9223372036854775807"),
        ("hidden_size", "1e300"), ("num_attention_heads", "5"), ("num_attention_heads", "\"4\""),
        ("intermediate_size", "2.5"), ("vocab_size", "null"), ("max_position_embeddings", "0"),
        ("type_vocab_size", "0"), ("layer_norm_eps", "0"), ("layer_norm_eps", "-1"),
        ("layer_norm_eps", "\"1e-12\""), ("position_embedding_type", "\"relative_key\""),
        ("is_decoder", "true"), ("is_decoder", "1"), ("add_cross_attention", "true"),
        ("pruned_heads", "{\"1\": [0]}"), ("model_type", "7"), ("hidden_act", "[]"),
    ])
    func namesAKeyWithAValueThatCannotBe(key: String, value: String) {
        #expect { _ = try read([key: value]) } throws: { error in
            guard case .invalidValue(_, key, _, _) = error as? EncoderError else { return false }
            return true
        }
    }

    @Test(arguments: ["", "[]", "3", "{\"model_type\": ", "\u{FFFD}", "{\"a\": NaN}"])
    func rejectsWhatIsNotAJSONObject(text: String) throws {
        let directory = try FormulaCheckpoint()
        try text.write(toFile: directory.path + "/config.json", atomically: false, encoding: .utf8)
        #expect { _ = try EncoderConfiguration(directory: directory.path) } throws: { error in
            guard case .notJSONObject = error as? EncoderError else { return false }
            return true
        }
    }

    @Test func namesLineColumnAndReason() throws {
        let directory = try FormulaCheckpoint()
        let path = directory.path + "/config.json"
        for (text, reason) in [
            ("{\n \"a\": x}", "line 2, column 7: 'x' where a value should be"),
            ("{\"b\": {\"a\": 1,\n\"a\": 1}}", "line 2, column 1: the key \"a\" stands twice in one object"),
            ("[1]", "the outermost value is an array"),
        ] {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: EncoderError.notJSONObject(file: path, reason: reason)) {
                try EncoderConfiguration(directory: directory.path)
            }
        }
    }

    @Test func takesWholeNumbersHoweverTheyAreWritten() throws {
        let configuration = try read(["hidden_size": "32.0", "vocab_size": "1e2", "layer_norm_eps": "1"])
        #expect(configuration.hidden == 32 && configuration.vocabularySize == 100)
        #expect(configuration.layerNormEpsilon == 1)
    }

    @Test func rejectsNestingWithoutEndAndBytesThatAreNotText() throws {
        let directory = try FormulaCheckpoint()
        let nested = Data(repeating: UInt8(ascii: "["), count: 100_000)
        for bytes in [nested, Data("{\"a\":".utf8) + nested, Data([0x7B, 0xFF, 0xFE, 0x00, 0x7D])] {
            try bytes.write(to: URL(filePath: directory.path + "/config.json"))
            #expect { _ = try EncoderConfiguration(directory: directory.path) } throws: { error in
                guard case .notJSONObject = error as? EncoderError else { return false }
                return true
            }
        }
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        let directory = try FormulaCheckpoint()
        let path = directory.path + "/config.json"
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: EncoderError.unreadableFile(file: path, reason: "there is no such file")) {
            try EncoderConfiguration(directory: directory.path)
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: EncoderError.unreadableFile(file: path, reason: "it is a directory")) {
            try EncoderConfiguration(directory: directory.path)
        }
    }
}
