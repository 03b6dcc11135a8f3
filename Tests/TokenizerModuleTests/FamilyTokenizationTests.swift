import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// What families-golden.json holds, written by Scripts/golden/tokenizer_families_golden.py.
struct FamilyFile: Decodable {
    struct Tokens: Decodable {
        var ids: [Int32]
        /// Start and end of each token, one after the other.
        var offsets: [Int]

        var expected: TokenizedText {
            let starts = stride(from: 0, to: offsets.count, by: 2)
            return TokenizedText(ids: ids, offsets: starts.map { offsets[$0]..<offsets[$0 + 1] })
        }
    }

    /// A question with its context as one input.
    struct Pair: Decodable {
        var question: String
        var context: String
        var ids: [Int32]
        var types: [Int32]
    }

    struct Configuration: Decodable {
        var name: String
        /// tokenizer.json without its model and the braces around.
        var elements: String
        /// One a text.
        var hashes: [String]
        var cases: [Tokens]?
        /// Texts of the element `model`, each with what stands there instead.
        var modelEdits: [[String]]?
        var pair: Pair?

        /// The whole of tokenizer.json, with the model of the family's file, such as roberta-model.json.
        func json() throws -> [UInt8] {
            let family = name.prefix { $0 != "," }
            var model = String(
                decoding: try GoldenFiles(.module).bytes("\(family)-model.json"),
                as: UTF8.self
            )
            for edit in modelEdits ?? [] {
                try #require(model.contains(edit[0]))
                model = model.replacingOccurrences(of: edit[0], with: edit[1])
            }
            return Array("{\(elements),\"model\":\(model)}".utf8)
        }

        func tokenizer() throws -> Tokenizer {
            try Tokenizer(TokenizerDefinition(json: json(), file: name))
        }
    }

    var texts: [String]
    var configurations: [Configuration]

    static func load() throws -> FamilyFile {
        try GoldenFiles(.module).decode("families-golden.json", as: FamilyFile.self)
    }
}

/// What families-hashes.json says of a file.
private struct FamilyHashes: Decodable {
    struct Result: Decodable {
        var tokens: Int
        var hash: String
    }
    struct File: Decodable {
        var contexts: Int
        var questions: Int
        var roberta: Result
        var albert: Result
        var xlmRoberta: Result
        var camembert: Result

        enum CodingKeys: String, CodingKey {
            case contexts, questions, roberta, albert, camembert
            case xlmRoberta = "xlm-roberta"
        }
    }

    var files: [String: File]
}

/// Byte-level BPE and Unigram against ids and offsets that Hugging Face's tokenizers gave for the same text.
@Suite struct FamilyTokenizationTests {
    @Test func equalsHuggingFaceInEveryConfiguration() throws {
        let golden = try FamilyFile.load()
        #expect(golden.configurations.count == 37)
        for configuration in golden.configurations {
            let tokenizer = try configuration.tokenizer()
            #expect(configuration.hashes.count == golden.texts.count)
            for (index, text) in golden.texts.enumerated() {
                let tokens = tokenizer.tokenize(text)
                let message: Comment = "\(configuration.name): \(text.debugDescription)"
                if let cases = configuration.cases { #expect(tokens == cases[index].expected, message) }
                var hash = TokenHash()
                hash.add(tokens)
                #expect(hash.hexadecimal == configuration.hashes[index], message)
            }
        }
    }

    @Test func equalsHuggingFaceOnRandomUnicode() throws {
        let golden = try FamilyFile.load()
        let hashes = try GoldenFiles(.module).decode("families-hashes.json", as: RandomHashes.self)
        for (index, configuration) in golden.configurations.enumerated() {
            let tokenizer = try configuration.tokenizer()
            var texts = RandomTexts(
                pools: hashes.pools,
                fragments: hashes.fragments,
                seed: UInt64(1000 + index)
            )
            var hash = TokenHash()
            for _ in 0..<hashes.textsPerConfiguration { hash.add(tokenizer.tokenize(texts.next())) }
            #expect(hash.hexadecimal == hashes.random[configuration.name], "\(configuration.name)")
        }
    }

    @Test(arguments: ["roberta", "albert", "roberta, template", "xlm-roberta", "camembert"])
    func pairHasTheSpecialTokensAndTypesOfHuggingFace(_ name: String) throws {
        let configuration = try #require(try FamilyFile.load().configurations.first { $0.name == name })
        let pair = try #require(configuration.pair)
        let tokenizer = try configuration.tokenizer()
        let layout = tokenizer.pairLayout
        let question =
            layout.beforeQuestion + tokenizer.tokenize(pair.question).ids + layout.betweenQuestionAndContext
        let context = tokenizer.tokenize(pair.context).ids + layout.afterContext
        #expect(question + context == pair.ids)
        #expect(
            question.map { _ in 0 } + context.map { _ in layout.contextTokenType } == pair.types
        )
    }

    @Test(arguments: ["roberta", "albert", "xlm-roberta", "camembert"])
    func vocabularyFilesAreTheSameTokenizer(_ family: String) throws {
        let golden = try FamilyFile.load()
        let configuration = try #require(golden.configurations.first { $0.name == family })
        let tokenizer = try Tokenizer(directory: GoldenFiles(.module).path("small-\(family)"))
        let cases = try #require(configuration.cases)
        for (text, golden) in zip(golden.texts, cases) {
            #expect(tokenizer.tokenize(text) == golden.expected, "\(text.debugDescription)")
        }
        let other = try configuration.tokenizer()
        #expect(tokenizer.pairLayout == other.pairLayout)
        #expect(tokenizer.vocabularySize == other.vocabularySize)
    }

    @Test func knowsLayoutAndRolesOfTheFamilies() throws {
        let roberta = try Tokenizer(directory: GoldenFiles(.module).path("small-roberta"))
        #expect(
            roberta.pairLayout
                == SequencePairLayout(
                    beforeQuestion: [0],
                    betweenQuestionAndContext: [2, 2],
                    afterContext: [2],
                    contextTokenType: 0
                )
        )
        #expect(
            [roberta.classifierID, roberta.paddingID, roberta.separatorID, roberta.unknownID] == [0, 1, 2, 3]
        )
        let albert = try Tokenizer(directory: GoldenFiles(.module).path("small-albert"))
        #expect(
            albert.pairLayout
                == SequencePairLayout(
                    beforeQuestion: [2],
                    betweenQuestionAndContext: [3],
                    afterContext: [3],
                    contextTokenType: 1
                )
        )
        #expect(
            [albert.paddingID, albert.unknownID, albert.classifierID, albert.separatorID] == [0, 1, 2, 3]
        )
        #expect(albert.token(forID: 4) == "[MASK]")
    }

    /// Pieces that the vocabulary declares as user-defined do not cut the text, and a comma is no part of a number.
    @Test func albertIsTokenizedAsItWasTrained() throws {
        let albert = try Tokenizer(directory: GoldenFiles(.module).path("small-albert"))
        func tokens(_ text: String) -> [String] {
            albert.tokenize(text).ids.compactMap { albert.token(forID: $0) }
        }
        #expect(tokens("to (the)") == ["▁to", "▁", "(", "the", ")"])
        #expect(albert.token(forID: 900 - 1) != nil && tokens("2011, 42,").filter { $0 == "," }.count == 2)
        #expect(tokens("2011,") != ["▁2011,"])
    }

    /// The first ids are fairseq's, and those of the file follow.
    @Test func fairseqFamiliesHaveTheirOwnIDs() throws {
        let xlmRoberta = try Tokenizer(directory: GoldenFiles(.module).path("small-xlm-roberta"))
        #expect((0..<4).map { xlmRoberta.token(forID: $0) } == ["<s>", "<pad>", "</s>", "<unk>"])
        #expect(xlmRoberta.vocabularySize == 602 && xlmRoberta.token(forID: 601) == "<mask>")
        let camembert = try Tokenizer(directory: GoldenFiles(.module).path("small-camembert"))
        #expect(
            (0..<7).map { camembert.token(forID: $0) } == [
                "<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>",
            ]
        )
        #expect(camembert.vocabularySize == 605 && camembert.token(forID: 604) == "<mask>")
        #expect([camembert.classifierID, camembert.paddingID, camembert.separatorID] == [5, 1, 6])
    }

    @Test func aMillionScalarsAreNoTrouble() throws {
        for family in ["roberta", "albert", "xlm-roberta"] {
            let tokenizer = try Tokenizer(directory: GoldenFiles(.module).path("small-\(family)"))
            for text in ["a", "the", " ", "! ", "\u{2603}", "e\u{301}"] {
                let count = 300_000
                let tokens = tokenizer.tokenize(String(repeating: text, count: count))
                let last = tokens.offsets.last?.upperBound ?? count * text.unicodeScalars.count
                #expect(last <= count * text.unicodeScalars.count)
            }
        }
    }
}

/// The part of families-hashes.json that random texts need.
struct RandomHashes: Decodable {
    var pools: [[UInt32]]
    var fragments: [String]
    var textsPerConfiguration: Int
    var random: [String: String]
}

/// All texts of the data sets against one hash a file.
@Suite(.enabled(if: SharedDirectory.path("data") != nil, "needs the data sets: set BLOCKSKIM_SHARED"))
struct FamilyDataSetTests {
    @Test func equalsHuggingFaceOnEveryContextAndQuestion() throws {
        let data = URL(filePath: try #require(SharedDirectory.path("data")))
        let hashes = try GoldenFiles(.module).decode("families-hashes.json", as: FamilyHashes.self)
        let roberta = try Self.roberta(data)
        let files = GoldenFiles(.module)
        let albert = try Tokenizer(directory: files.path("small-albert"))
        let xlmRoberta = try Tokenizer(directory: files.path("small-xlm-roberta"))
        let camembert = try Tokenizer(directory: files.path("small-camembert"))
        #expect(hashes.files.count == 14)
        for (name, expected) in hashes.files {
            let texts = try DataSet.texts(data.appendingPathComponent(name))
            try #require(texts.count == expected.contexts + expected.questions, "\(name) is another version")
            for (tokenizer, expected) in [
                (roberta, expected.roberta), (albert, expected.albert), (xlmRoberta, expected.xlmRoberta),
                (camembert, expected.camembert),
            ] {
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

    /// RoBERTa's own vocabulary, with the three unused tokens that the file lacks.
    private static func roberta(_ data: URL) throws -> Tokenizer {
        func bytes(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: data.appendingPathComponent("tokenizers/\(name)")))
        }
        var json = try bytes("roberta-base-vocab.json")
        let end = try #require(json.lastIndex(of: UInt8(ascii: "}")))
        let unused = (0..<3).map { #","madeupword000\#($0)":\#(50261 + $0)"# }.joined()
        json.insert(contentsOf: unused.utf8, at: end)
        return try Tokenizer(
            TokenizerDefinition(
                bytePairVocabulary: json,
                file: "vocab.json",
                merges: bytes("gpt2-merges.txt"),
                mergesFile: "merges.txt",
                configuration: TokenizerConfiguration(file: "")
            )
        )
    }
}
