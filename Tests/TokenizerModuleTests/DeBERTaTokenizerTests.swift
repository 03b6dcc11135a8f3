import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// What deberta-golden.json holds, written by Scripts/golden/tokenizer_deberta_golden.py.
private struct DeBERTaGolden: Decodable {
    var tokenizer: String
    var texts: [String]
    var cases: [FamilyFile.Tokens]

    static func load() throws -> DeBERTaGolden {
        try GoldenFiles(.module).decode("deberta-golden.json", as: DeBERTaGolden.self)
    }
}

@Suite struct DeBERTaTokenizerTests {
    private func directory(_ files: [String: String]) throws -> ScratchDirectory {
        let directory = try ScratchDirectory(files)
        try directory.write(try GoldenFiles(.module).bytes("small-deberta-v2/spm.model"), to: "spm.model")
        return directory
    }

    private func expectGolden(_ tokenizer: Tokenizer) throws {
        let golden = try DeBERTaGolden.load()
        #expect(golden.texts.count == golden.cases.count)
        for (text, tokens) in zip(golden.texts, golden.cases) {
            #expect(tokenizer.tokenize(text) == tokens.expected, "\(text.debugDescription)")
        }
        func names(_ ids: [Int32]) -> [String] { ids.compactMap { tokenizer.token(forID: $0) } }
        let layout = tokenizer.pairLayout
        #expect(names(layout.beforeQuestion) == ["[CLS]"] && layout.contextTokenType == 1)
        #expect(
            names(layout.betweenQuestionAndContext) == ["[SEP]"] && names(layout.afterContext) == ["[SEP]"]
        )
        #expect(names([tokenizer.paddingID, tokenizer.unknownID]) == ["[PAD]", "[UNK]"])
    }

    @Test func sentencePieceModelEqualsHuggingFace() throws {
        let files = [
            "config.json": #"{"model_type": "deberta-v2"}"#,
            "tokenizer_config.json": #"{"do_lower_case": false, "vocab_type": "spm"}"#,
        ]
        let directory = try directory(files)
        try expectGolden(Tokenizer(directory: directory.path))
    }

    @Test func tokenizerJSONEqualsHuggingFace() throws {
        let json = try DeBERTaGolden.load().tokenizer
        try expectGolden(Tokenizer(TokenizerDefinition(json: Array(json.utf8), file: "f")))
    }

    @Test func theMaskIsBehindThePieces() throws {
        let directory = try directory([:])
        let tokenizer = try Tokenizer(directory: directory.path)
        #expect(tokenizer.token(forID: 420) == "[MASK]" && tokenizer.vocabularySize == 421)
    }

    @Test(arguments: [
        (#"{"tokenizer_class": "AlbertTokenizer"}"#, "tokenizer_class", "AlbertTokenizer"),
        (#"{"split_by_punct": true}"#, "split_by_punct", "true"),
    ])
    func namesWhatItDoesNotFollow(configuration: String, element: String, type: String) throws {
        let directory = try directory(["tokenizer_config.json": configuration])
        let file = directory.file("tokenizer_config.json")
        #expect(throws: TokenizerError.unsupportedElement(file: file, element: element, type: type)) {
            try Tokenizer(directory: directory.path)
        }
    }
}
