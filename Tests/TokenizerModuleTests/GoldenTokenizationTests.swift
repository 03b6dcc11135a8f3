import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// Ids and offsets against those that Hugging Face's tokenizer gave for the same text.
@Suite struct GoldenTokenizationTests {
    @Test func equalsHuggingFaceInEveryConfiguration() throws {
        let golden = try GoldenFiles(.module).decode("tokenizer-golden.json", as: GoldenFile.self)
        #expect(golden.configurations.count == 8)
        for configuration in golden.configurations {
            let tokenizer = try configuration.tokenizer()
            for golden in configuration.cases {
                #expect(
                    tokenizer.tokenize(golden.text) == golden.expected,
                    "\(configuration.name): \(golden.text.debugDescription)"
                )
            }
        }
    }

    @Test func equalsTransformersOnVocabularyFileAndConfiguration() throws {
        let golden = try GoldenFiles(.module).decode("tokenizer-golden.json", as: GoldenFile.self)
        let tokenizer = try Tokenizer(directory: GoldenFiles(.module).path("small-cased"))
        for golden in golden.cased {
            #expect(tokenizer.tokenize(golden.text) == golden.expected, "\(golden.text.debugDescription)")
        }
    }

    @Test func equalsHuggingFaceOnRandomUnicode() throws {
        let golden = try GoldenFiles(.module).decode("tokenizer-golden.json", as: GoldenFile.self)
        let hashes = try GoldenFiles(.module).decode("tokenizer-hashes.json", as: HashFile.self)
        var tokenizers = try golden.configurations.enumerated().map { index, configuration in
            (configuration.name, UInt64(index), try configuration.tokenizer())
        }
        tokenizers.append(
            ("small-cased", 100, try Tokenizer(directory: GoldenFiles(.module).path("small-cased")))
        )
        for (name, seed, tokenizer) in tokenizers {
            var texts = RandomTexts(hashes, seed: seed)
            var hash = TokenHash()
            for _ in 0..<hashes.textsPerConfiguration { hash.add(tokenizer.tokenize(texts.next())) }
            #expect(hash.hexadecimal == hashes.random[name], "\(name)")
        }
    }
}

/// All texts of the data sets against one hash a file.
@Suite(.enabled(if: SharedDirectory.path("data") != nil, "needs the data sets: set BLOCKSKIM_SHARED"))
struct DataSetTokenizationTests {
    @Test func equalsHuggingFaceOnEveryContextAndQuestion() throws {
        let data = URL(filePath: try #require(SharedDirectory.path("data")))
        let hashes = try GoldenFiles(.module).decode("tokenizer-hashes.json", as: HashFile.self)
        let file = data.appendingPathComponent("tokenizers/bert-vocab.txt")
        let tokenizer = try Tokenizer(
            TokenizerDefinition(
                vocabularyLines: [UInt8](Data(contentsOf: file)),
                file: file.path,
                configuration: TokenizerConfiguration(file: "")
            )
        )
        #expect(hashes.files.count == 14)
        for (name, expected) in hashes.files {
            let texts = try DataSet.texts(data.appendingPathComponent(name))
            try #require(texts.count == expected.contexts + expected.questions, "\(name) is another version")
            var hash = TokenHash()
            var tokenCount = 0
            for text in texts {
                let tokens = tokenizer.tokenize(text)
                tokenCount += tokens.ids.count
                hash.add(tokens)
            }
            #expect(tokenCount == expected.tokens, "\(name)")
            #expect(hash.hexadecimal == expected.hash, "\(name)")
        }
    }
}
