import Foundation
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// The kinds of checkpoints that people use, each as a tiny twin: its directory loads as it is, and ids, token types, offsets and
/// logits are Hugging Face's.
///
/// Golden values: `Scripts/golden/checkpoint_kinds_golden.py`.
@Suite struct CheckpointKindTests {
    struct Window: Decodable {
        var ids: [Int32]
        var types: [Int32]
        /// Of the context's tokens, in Unicode scalars.
        var offsets: [[Int]]
        var startLogits: [Float]
        var endLogits: [Float]
    }

    struct Kind: Decodable, CustomTestStringConvertible {
        struct File: Decodable {
            var text: String?
            /// The name of a fixture of the tokenizers'.
            var copy: String?
        }

        var name: String
        var weights: String
        /// The text of `config.json`.
        var config: String
        var files: [String: File]
        var window: Window

        var testDescription: String { name }
    }

    private struct Golden: Decodable {
        var question: String
        var context: String
        var kinds: [Kind]
        var torchCheckpoint: Window
    }

    private static let golden = try? GoldenFiles(.module).decode("checkpoint-kinds.json", as: Golden.self)
    static let kinds = golden?.kinds ?? []

    /// The directory of a kind.
    private static func directory(of kind: Kind) throws -> FormulaCheckpoint {
        let object = try JSONSerialization.jsonObject(with: Data(kind.config.utf8))
        let config = try #require(object as? [String: Any])
        var sizes = FormulaCheckpoint.Sizes()
        sizes.vocabulary = try #require(config["vocab_size"] as? Int)
        let families: [String: FormulaFamily] = [
            "bert": .bert, "distilbert": .distilbert, "roberta": .roberta, "xlm-roberta": .xlmRoberta,
            "camembert": .camembert, "albert": .albert, "deberta-v2": .deberta, "mpnet": .mpnet,
            "electra": config["embedding_size"] as? Int == 32 ? .electraBase : .electra,
        ]
        let name = try #require(config["model_type"] as? String)
        let checkpoint = try FormulaCheckpoint(
            sizes: sizes,
            family: config["type_vocab_size"] as? Int == 1 && name == "bert"
                ? .untypedBert : #require(families[name])
        )
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../TokenizerModuleTests/Fixtures").standardizedFileURL
        func write(_ data: Data, to name: String) throws {
            try data.write(to: URL(filePath: checkpoint.path).appending(path: name))
        }
        try write(Data(kind.config.utf8), to: "config.json")
        for (name, file) in kind.files {
            let copy = try file.copy.map { try Data(contentsOf: fixtures.appending(path: $0)) }
            try write(copy ?? Data(#require(file.text).utf8), to: name)
        }
        if kind.weights == "torch" { try checkpoint.pickleWeights() }
        return checkpoint
    }

    private func expectGolden(_ directory: String, _ expected: Window) throws {
        let golden = try #require(Self.golden)
        let answerer = try QuestionAnswerer(model: directory)
        let tokens = answerer.model.tokenizer.tokenize(golden.context)
        #expect(tokens.offsets.map { [$0.lowerBound, $0.upperBound] } == expected.offsets)
        let document = try answerer.document(golden.context)
        let request = QuestionAnswerer.Request(question: golden.question, document: document)
        let answered = try answerer.answers([request], settings: .init())[0].get()
        let window = try #require(answered.windows.first)
        #expect(answered.windows.count == 1)
        #expect(window.window.ids == expected.ids)
        #expect(window.window.tokenTypes == expected.types)
        // Largest error observed: 3.4e-6.
        #expect(difference(window.startLogits, expected.startLogits, absolute: 2e-5) == nil)
        #expect(difference(window.endLogits, expected.endLogits, absolute: 2e-5) == nil)
        #expect(!answered.report.answers.isEmpty)
    }

    @Test(arguments: kinds) func loadsAsItIsAndEqualsHuggingFace(kind: Kind) throws {
        let checkpoint = try Self.directory(of: kind)
        try withExtendedLifetime(checkpoint) { try expectGolden(checkpoint.path, kind.window) }
    }

    @Test func kindsAreThere() { #expect(Self.kinds.count == 24) }

    /// torch.save's own zip form, in half precision, with tensors of other heads.
    @Test func aDirectoryThatTorchWroteLoadsAsItIs() throws {
        let golden = try #require(Self.golden)
        try expectGolden(GoldenFiles(.module).path("torch-checkpoint"), golden.torchCheckpoint)
    }
}
