import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// A broken file throws a `TokenizerError` or loads; it never traps.
@Suite struct TokenizerMutationTests {
    /// How many mutations: a slice by default, `BLOCKSKIM_FUZZ_ROUNDS` for a long run.
    private static let rounds =
        ProcessInfo.processInfo.environment["BLOCKSKIM_FUZZ_ROUNDS"].flatMap(Int.init) ?? 5_000

    private func mutated(_ original: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = original
        switch random.below(6) {
        case 0: bytes.removeLast(random.below(bytes.count) + 1)
        case 1: bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
        case 2: bytes[random.below(bytes.count)] = UInt8(random.below(256))
        case 3: bytes.remove(at: random.below(bytes.count))
        case 4:
            let start = random.below(bytes.count)
            let piece = bytes[start..<min(bytes.count, start + random.below(40))]
            bytes.insert(contentsOf: piece, at: random.below(bytes.count))
        default:
            let syntax = Array("{}[]:,\"\\0-1eu".utf8)
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = syntax[random.below(syntax.count)]
            }
        }
        return bytes
    }

    @Test func mutatedTokenizerJSONThrowsOrLoads() {
        let original = Array(tinyTokenizer.utf8)
        var random = SplitMix(seed: 1)
        var loaded = 0
        for _ in 0..<Self.rounds {
            do throws(TokenizerError) {
                let definition = try TokenizerDefinition(json: mutated(original, &random), file: "f")
                _ = try Tokenizer(definition).tokenize("AB [x][CLS] \u{E9}\u{301} [X] ab")
                loaded += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        // Some mutations only touch a token's spelling; if all load or none does the test tests nothing.
        #expect(loaded > Self.rounds / 100 && loaded < Self.rounds / 2)
    }

    @Test func truncatedTokenizerJSONAlwaysThrows() {
        let original = Array(tinyTokenizer.utf8)
        for count in original.indices {
            #expect(throws: TokenizerError.self, "\(count) bytes") {
                try TokenizerDefinition(json: Array(original[..<count]), file: "f")
            }
        }
    }

    @Test func mutatedVocabularyAndConfigurationThrowOrLoad() {
        let vocabulary = Array("[PAD]\n[UNK]\n[CLS]\r\n[SEP]\n[MASK]\na\n##b\né\n".utf8)
        let configuration = Array(
            #"""
            {"tokenizer_class":"BertTokenizer","do_lower_case":true,"mask_token":{"content":"[MASK]","lstrip":true},
            "additional_special_tokens":["a"],"added_tokens_decoder":{"8":{"content":"[X]","special":true}}}
            """#.utf8
        )
        var random = SplitMix(seed: 2)
        var loaded = 0
        for _ in 0..<Self.rounds {
            do throws(TokenizerError) {
                let definition = try TokenizerDefinition(
                    vocabularyLines: random.below(2) == 0 ? vocabulary : mutated(vocabulary, &random),
                    file: "v",
                    configuration: TokenizerConfiguration(json: mutated(configuration, &random), file: "c")
                )
                _ = try Tokenizer(definition).tokenize("ab [MASK] é[X]")
                loaded += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(loaded > Self.rounds / 100 && loaded < Self.rounds / 2)
    }

    /// Counts the mutations of a file that load, with which a text is then tokenized.
    private func loadedCount(
        of original: [UInt8],
        seed: UInt64,
        rounds: Int = rounds,
        _ definition: ([UInt8]) throws(TokenizerError) -> TokenizerDefinition
    ) -> Int {
        var random = SplitMix(seed: seed)
        var loaded = 0
        for _ in 0..<rounds {
            do throws(TokenizerError) {
                let text = "Café <mask> [MASK] \u{540D} 42's, (the)\u{A0}ab abc  in 1921\r\n ``x''."
                _ = try Tokenizer(definition(mutated(original, &random))).tokenize(text)
                loaded += 1
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
        return loaded
    }

    @Test func mutatedByteLevelFilesThrowOrLoad() throws {
        let configuration = TokenizerConfiguration(file: "c")
        let vocabulary = Array(TinyByteVocabulary.vocabulary.utf8)
        let merges = Array(try #require(TinyByteVocabulary.files["merges.txt"]).utf8)
        func definition(
            _ vocabulary: [UInt8],
            _ merges: [UInt8]
        ) throws(TokenizerError) -> TokenizerDefinition {
            try TokenizerDefinition(
                bytePairVocabulary: vocabulary,
                file: "v",
                merges: merges,
                mergesFile: "m",
                configuration: configuration
            )
        }
        let rounds = Self.rounds / 2
        let ofVocabulary = loadedCount(of: vocabulary, seed: 3, rounds: rounds) {
            bytes throws(TokenizerError) in
            try definition(bytes, merges)
        }
        let ofMerges = loadedCount(of: merges, seed: 4, rounds: rounds) { bytes throws(TokenizerError) in
            try definition(vocabulary, bytes)
        }
        // A vocabulary that lacks a byte or has a gap does not load, so few mutations of it do.
        #expect(ofVocabulary > rounds / 1000 && ofVocabulary < rounds / 2)
        #expect(ofMerges > rounds / 100 && ofMerges < rounds / 2)
    }

    @Test func mutatedSentencePieceModelThrowsOrLoads() {
        let loaded = loadedCount(of: TinyPieceVocabulary.model, seed: 5) { bytes throws(TokenizerError) in
            try TokenizerDefinition(
                sentencePiece: bytes,
                file: "s",
                configuration: TokenizerConfiguration(file: "c")
            )
        }
        // Most of the file is its table of rules, in which most units are not in use.
        #expect(loaded > Self.rounds / 10 && loaded < Self.rounds * 3 / 4)
    }

    @Test(arguments: [TinyByteVocabulary.json(), TinyPieceVocabulary.json()])
    func mutatedTokenizerJSONOfOtherModelsThrowsOrLoads(_ json: String) {
        let rounds = Self.rounds / 2
        let loaded = loadedCount(of: Array(json.utf8), seed: 6, rounds: rounds) {
            bytes throws(TokenizerError) in
            try TokenizerDefinition(json: bytes, file: "f")
        }
        #expect(loaded > rounds / 1000 && loaded < rounds * 3 / 4)
    }
}
