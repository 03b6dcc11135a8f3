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
}
