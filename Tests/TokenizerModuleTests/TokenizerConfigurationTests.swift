import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// What tokenizer-configuration-golden.json holds, written by Scripts/golden/tokenizer_configuration_golden.py.
private struct ConfigurationFile: Decodable {
    struct Text: Decodable {
        var text: String
        var ids: [Int32]
        var offsets: [Int]
    }

    struct Case: Decodable {
        var name: String
        /// The fixture whose files are changed.
        var base: String
        /// Texts of `tokenizer.json`, each with what stands there instead.
        var edits: [[String]]
        /// Further files by name.
        var files: [String: String]
        var cases: [Text]

        /// The files as a directory.
        func directory() throws -> ScratchDirectory {
            let golden = GoldenFiles(.module)
            let directory = try ScratchDirectory()
            var baseFiles: [String: [UInt8]] = [:]
            if let family = try FamilyFile.load().configurations.first(where: { $0.name == base }) {
                baseFiles["tokenizer.json"] = try family.json()
            } else {
                for name in try FileManager.default.contentsOfDirectory(atPath: golden.path(base)) {
                    baseFiles[name] = try golden.bytes("\(base)/\(name)")
                }
            }
            for (name, bytes) in baseFiles {
                var text = String(decoding: bytes, as: UTF8.self)
                for edit in edits { text = text.replacingOccurrences(of: edit[0], with: edit[1]) }
                try directory.write(Array(text.utf8), to: name)
            }
            for (name, text) in files { try directory.write(Array(text.utf8), to: name) }
            return directory
        }
    }

    var cases: [Case]
}

/// Which of the files beside a vocabulary decides.
@Suite struct TokenizerConfigurationTests {
    @Test func equalsHuggingFaceWhereFilesDisagree() throws {
        let golden = try GoldenFiles(.module)
            .decode("tokenizer-configuration-golden.json", as: ConfigurationFile.self)
        #expect(golden.cases.count == 17)
        for entry in golden.cases {
            let directory = try entry.directory()
            let tokenizer = try Tokenizer(directory: directory.path)
            for text in entry.cases {
                let tokens = tokenizer.tokenize(text.text)
                #expect(tokens.ids == text.ids, "\(entry.name): \(text.text.debugDescription)")
                #expect(
                    tokens.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == text.offsets,
                    "\(entry.name): \(text.text.debugDescription)"
                )
            }
        }
    }

    @Test(arguments: [
        ("config.json", "tokenizer_class", "BertJapaneseTokenizer"),
        ("tokenizer_config.json", "tokenizer_class", "PhobertTokenizer"),
        ("tokenizer_config.json", "word_tokenizer_type", "mecab"),
        ("tokenizer_config.json", "subword_tokenizer_type", "character"),
    ])
    func refusesTokenizersThatAreOtherPrograms(file: String, key: String, name: String) throws {
        for files in [TinyVocabulary.files, ["tokenizer.json": TinyVocabulary.json]] {
            let directory = try ScratchDirectory(
                files.merging(["tokenizer_config.json": "{}"]) { $1 }
                    .merging([file: "{\"\(key)\": \"\(name)\"}"]) { $1 }
            )
            #expect(
                throws: TokenizerError.unsupportedElement(
                    file: directory.file(file),
                    element: key,
                    type: name
                )
            ) { try Tokenizer(directory: directory.path) }
        }
        let phobert = try ScratchDirectory(TinyVocabulary.files.merging(["bpe.codes": ""]) { $1 })
        #expect(throws: TokenizerError.self) { try Tokenizer(directory: phobert.path) }
    }

    /// A class in `tokenizer_config.json` goes before one in `config.json`.
    @Test func takesTheClassOfTheModelOnlyWhereNoOtherIsNamed() throws {
        let directory = try ScratchDirectory(
            TinyVocabulary.files.merging(["config.json": #"{"tokenizer_class": "T5Tokenizer"}"#]) { $1 }
        )
        #expect(try Tokenizer(directory: directory.path).vocabularySize == TinyVocabulary.tokens.count)
        try directory.write(Array("{}".utf8), to: "tokenizer_config.json")
        #expect(throws: TokenizerError.self) { try Tokenizer(directory: directory.path) }
    }

    @Test func tokensDeclaredOnlyInSpecialTokensMapAreFound() throws {
        let tokens = ["<pad>", "<unk>", "<cls>", "<sep>", "<mask>", "a"]
        let map = """
            {"unk_token": "<unk>", "cls_token": {"content": "<cls>", "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false}, "sep_token": "<sep>", "pad_token": "<pad>", "mask_token": "<mask>"}
            """
        let directory = try ScratchDirectory([
            "vocab.txt": tokens.joined(separator: "\n") + "\n", "special_tokens_map.json": map,
        ])
        let tokenizer = try Tokenizer(directory: directory.path)
        #expect(tokenizer.tokenize("a <cls> b<mask>").ids == [5, 2, 1, 4])
        #expect(tokenizer.classifierID == 2 && tokenizer.separatorID == 3 && tokenizer.paddingID == 0)
    }

    @Test func modelInputsWithoutTokenTypesHaveOneType() throws {
        let names = #"{"model_input_names": ["input_ids", "attention_mask"]}"#
        for files in [TinyVocabulary.files, ["tokenizer.json": TinyVocabulary.json]] {
            let typed = try ScratchDirectory(files)
            #expect(try Tokenizer(directory: typed.path).pairLayout.contextTokenType == 1)
            let untyped = try ScratchDirectory(files.merging(["tokenizer_config.json": names]) { $1 })
            #expect(try Tokenizer(directory: untyped.path).pairLayout.contextTokenType == 0)
        }
    }

    @Test func namesAPointerOfGitLFS() throws {
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 466062\n"
        let directory = try ScratchDirectory(["tokenizer.json": text])
        #expect { try Tokenizer(directory: directory.path) } throws: { error in
            "\(error)".contains("it is a pointer of Git LFS")
        }
    }
}
