import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// The fixture files, written by Scripts/golden/tokenizer_golden.py.
enum Fixtures {
    static func smallDefinition() throws -> TokenizerDefinition {
        let name = "small/tokenizer.json"
        let bytes = try GoldenFiles(.module).bytes(name)
        return try TokenizerDefinition(json: bytes, file: name)
    }
}

/// What tokenizer-golden.json holds.
struct GoldenFile: Decodable {
    struct Case: Decodable {
        var text: String
        var ids: [Int32]
        /// Start and end of each token, one after the other.
        var offsets: [Int]

        var expected: TokenizedText {
            let starts = stride(from: 0, to: offsets.count, by: 2)
            return TokenizedText(ids: ids, offsets: starts.map { offsets[$0]..<offsets[$0 + 1] })
        }
    }

    struct Normalizer: Decodable {
        var cleansText: Bool
        var spacesIdeographs: Bool
        var stripsAccents: Bool?
        var lowercase: Bool

        enum CodingKeys: String, CodingKey {
            case cleansText = "clean_text"
            case spacesIdeographs = "handle_chinese_chars"
            case stripsAccents = "strip_accents"
            case lowercase
        }
    }

    struct Token: Decodable {
        var id: Int
        var content: String
        var isSingleWord: Bool
        var lstrip: Bool
        var rstrip: Bool
        var normalized: Bool
        var special: Bool

        enum CodingKeys: String, CodingKey {
            case isSingleWord = "single_word"
            case id, content, lstrip, rstrip, normalized, special
        }
    }

    struct Configuration: Decodable {
        var name: String
        var normalizer: Normalizer
        var addedTokens: [Token]
        var cases: [Case]

        /// small/tokenizer.json with this configuration's normalizer and further added tokens.
        func tokenizer() throws -> Tokenizer {
            var definition = try Fixtures.smallDefinition()
            let options = BertNormalizer.Options(
                cleansText: normalizer.cleansText,
                spacesIdeographs: normalizer.spacesIdeographs,
                stripsAccents: normalizer.stripsAccents,
                lowercases: normalizer.lowercase
            )
            definition.normalizers = [.bert(BertNormalizer(options: options))]
            for token in addedTokens {
                definition.addedTokens.removeAll { $0.content.utf8.elementsEqual(token.content.utf8) }
                definition.addedTokens.append(
                    AddedToken(
                        content: token.content,
                        id: token.id,
                        isSingleWord: token.isSingleWord,
                        stripsLeft: token.lstrip,
                        stripsRight: token.rstrip,
                        isNormalized: token.normalized,
                        isSpecial: token.special
                    )
                )
            }
            return try Tokenizer(definition)
        }
    }

    var configurations: [Configuration]
    var cased: [Case]
}

/// What tokenizer-hashes.json holds.
struct HashFile: Decodable {
    struct File: Decodable {
        var contexts: Int
        var questions: Int
        var tokens: Int
        var hash: String
    }

    var pools: [[UInt32]]
    var fragments: [String]
    var textsPerConfiguration: Int
    var random: [String: String]
    var files: [String: File]
}
