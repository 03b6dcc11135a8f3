import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// A whole tokenizer.json in a few lines, for tests to change.
let tinyTokenizer = #"""
    {"version":"1.0","truncation":null,"padding":null,
    "added_tokens":[{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
    {"id":7,"content":"[X]","single_word":false,"lstrip":true,"rstrip":false,"normalized":true,"special":false}],
    "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
    "pre_tokenizer":{"type":"BertPreTokenizer"},
    "post_processor":{"type":"TemplateProcessing",
    "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
    "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
    "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
    "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
    "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
    "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4,"##b":5,"\u00e9":6}}}
    """#

@Suite struct TokenizerLoadingTests {
    private func load(_ json: String) throws -> Tokenizer {
        let definition = try TokenizerDefinition(json: Array(json.utf8), file: "tokenizer.json")
        return try Tokenizer(definition)
    }

    private func expectError(_ error: TokenizerError, replacing old: String, with new: String) {
        #expect(tinyTokenizer.contains(old))
        #expect(throws: error) { try load(tinyTokenizer.replacingOccurrences(of: old, with: new)) }
    }

    @Test func loadsTokenizerJSON() throws {
        let tokenizer = try load(tinyTokenizer)
        #expect(tokenizer.classifierID == 2 && tokenizer.separatorID == 3)
        #expect(tokenizer.paddingID == 0 && tokenizer.unknownID == 1)
        #expect(tokenizer.vocabularySize == 8)
        #expect(tokenizer.tokenize("AB [x][CLS]").ids == [4, 5, 7, 2])
        #expect(
            (-1..<9).map { tokenizer.token(forID: $0) ?? "-" } == [
                "-", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##b", "é", "[X]", "-",
            ]
        )
    }

    @Test func loadsModelWithoutTypeAsFirstVersionsWroteIt() throws {
        let json = tinyTokenizer.replacingOccurrences(of: #""type":"WordPiece","unk"#, with: #""unk"#)
        #expect(try load(json).tokenize("ab").ids == [4, 5])
    }

    @Test func loadsBertProcessing() throws {
        let start = try #require(tinyTokenizer.range(of: "\"post_processor\""))
        let end = try #require(tinyTokenizer.range(of: "\"decoder\""))
        let json = tinyTokenizer.replacingCharacters(
            in: start.lowerBound..<end.lowerBound,
            with: #""post_processor":{"type":"BertProcessing","sep":["a",4],"cls":["[SEP]",3]},"#
        )
        let tokenizer = try load(json)
        #expect(tokenizer.separatorID == 4 && tokenizer.classifierID == 3)
    }

    @Test func prefersTokenizerJSONAndTakesPaddingFromConfiguration() throws {
        let directory = try ScratchDirectory([
            "tokenizer.json": tinyTokenizer, "vocab.txt": "x",
            "tokenizer_config.json": #"{"pad_token":"a","x":[1]}"#,
        ])
        let tokenizer = try Tokenizer(directory: directory.path)
        #expect(tokenizer.paddingID == 4)
        #expect(tokenizer.unknownID == 1)
    }

    @Test(arguments: ["\n", "\r\n", "\r"], ["", "end"])
    func loadsVocabularyLinesWhateverEndsThem(_ lineEnd: String, _ last: String) throws {
        let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", " x "]
        let text = tokens.joined(separator: lineEnd) + lineEnd + last
        let directory = try ScratchDirectory(["vocab.txt": text])
        let tokenizer = try Tokenizer(directory: directory.path)
        #expect(tokenizer.vocabularySize == (last.isEmpty ? 7 : 8))
        #expect(tokenizer.token(forID: 6) == " x ")
        #expect(tokenizer.tokenize("A[MASK]").ids == [5, 4])
    }

    @Test func keepsTokensApartThatSwiftStringsHoldForEqual() throws {
        // "가" precomposed and as two jamo are equal Swift strings, but two tokens.
        let tokens = ["\u{AC00}", "\u{1100}\u{1161}"]
        var definition = try TokenizerDefinition(json: Array(tinyTokenizer.utf8), file: "f")
        for (index, token) in tokens.enumerated() {
            definition.addedTokens.append(AddedToken(content: token, id: 8 + index))
        }
        let tokenizer = try Tokenizer(definition)
        #expect(tokenizer.tokenize("\u{1100}\u{1161} \u{AC00}").ids == [9, 8])
    }

    @Test func takesTheSpecialOfTwoTokensWithTheSameNormalForm() throws {
        var definition = try TokenizerDefinition(json: Array(tinyTokenizer.utf8), file: "f")
        for (index, token) in ["foo", "Foo", "FOO"].enumerated() {
            definition.addedTokens.append(
                AddedToken(content: token, id: 8 + index, isNormalized: true, isSpecial: token == "Foo")
            )
        }
        #expect(try Tokenizer(definition).tokenize("foo").ids == [9])
        definition.addedTokens[3].isSpecial = false
        #expect(try Tokenizer(definition).tokenize("foo").ids == [8])
    }

    @Test func overlapsTokensOfWhiteSpaceAsHuggingFaceDoes() throws {
        var definition = try TokenizerDefinition(json: Array(tinyTokenizer.utf8), file: "f")
        definition.addedTokens.append(AddedToken(content: "<s>", id: 8, stripsRight: true))
        definition.addedTokens.append(AddedToken(content: "  ", id: 9))
        // What tokenizers 0.23.3 gives: the second token finds white space that the first took along.
        #expect(
            try Tokenizer(definition).tokenize("<s>    a  ")
                == TokenizedText(ids: [8, 9, 9, 4, 9], offsets: [0..<7, 3..<5, 5..<7, 7..<8, 8..<10])
        )
        // Where the second asks for the space before it too, tokenizers panics; it is passed over here.
        definition.addedTokens[3].stripsLeft = true
        #expect(
            try Tokenizer(definition).tokenize("<s>    a  ")
                == TokenizedText(ids: [8, 4, 9], offsets: [0..<7, 7..<8, 8..<10])
        )
    }

    @Test func namesDirectoryWithoutTokenizerFiles() throws {
        let directory = try ScratchDirectory(["tokenizer_config.json": "{}"])
        for path in [directory.path, directory.file("missing"), directory.file("tokenizer_config.json")] {
            #expect(throws: TokenizerError.noTokenizerFiles(directory: path)) {
                try Tokenizer(directory: path)
            }
        }
    }

    @Test func namesUnreadableFile() throws {
        let directory = try ScratchDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("tokenizer.json"),
            withIntermediateDirectories: true
        )
        let error = TokenizerError.unreadableFile(
            file: directory.file("tokenizer.json"),
            reason: "it is a directory"
        )
        #expect(throws: error) { try Tokenizer(directory: directory.path) }
    }

    @Test func namesInvalidUTF8() throws {
        let directory = try ScratchDirectory()
        try directory.write([0x61, 0x0A, 0xFF], to: "vocab.txt")
        let file = directory.file("vocab.txt")
        #expect(throws: TokenizerError.invalidUTF8(file: file, byteOffset: 2)) {
            try Tokenizer(directory: directory.path)
        }
    }

    @Test(arguments: [
        ("normalizer", #"{"type":"BertNormalizer","clean"#, #"{"type":"Nmt","clean"#, "Nmt"),
        ("pre_tokenizer", "BertPreTokenizer", "Whitespace", "Whitespace"),
        ("post_processor", "TemplateProcessing", "ByteLevel", "ByteLevel"),
        ("decoder", #"{"type":"WordPiece","prefix""#, #"{"type":"BPEDecoder","prefix""#, "BPEDecoder"),
        ("model", #"{"type":"WordPiece","unk"#, #"{"type":"WordLevel","unk"#, "WordLevel"),
        ("version", #""1.0""#, #""2.0""#, "2.0"),
        ("pre_tokenizer", #"{"type":"BertPreTokenizer"}"#, "null", "null"),
    ])
    func namesUnsupportedElement(_ element: String, _ old: String, _ new: String, _ type: String) {
        expectError(
            .unsupportedElement(file: "tokenizer.json", element: element, type: type),
            replacing: old,
            with: new
        )
    }

    @Test func namesTemplateThatIsNotBerts() {
        expectError(
            .unsupportedElement(
                file: "tokenizer.json",
                element: "post_processor.pair",
                type: "[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:1"
            ),
            replacing: #""B","type_id":1"#,
            with: #""B","type_id":0"#
        )
    }

    @Test func namesTemplateTokenWithOtherIDsThanTheVocabulary() {
        let file = "tokenizer.json"
        let element = "post_processor.special_tokens"
        expectError(
            .invalidValue(
                file: file,
                field: "post_processor",
                problem: "gives \"[SEP]\" the id 4, but the vocabulary gives it 3"
            ),
            replacing: #""ids":[3]"#,
            with: #""ids":[4]"#
        )
        expectError(
            .unsupportedElement(file: file, element: element, type: "[SEP] with 2 ids"),
            replacing: #""ids":[3]"#,
            with: #""ids":[3,2]"#
        )
        expectError(
            .missingField(file: file, field: element + ".[SEP]"),
            replacing: #","[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}"#,
            with: ""
        )
        expectError(
            .unknownField(file: file, field: element + ".[SEP].x"),
            replacing: #""ids":[3]"#,
            with: #""ids":[3],"x":1"#
        )
    }

    @Test(arguments: [
        ("normalizer.x", "\"clean_text\"", "\"x\":1,\"clean_text\""),
        ("model.x", "\"unk_token\"", "\"x\":1,\"unk_token\""),
        ("x", "\"version\"", "\"x\":1,\"version\""), ("added_tokens.x", "\"content\":\"[X]\"", "\"x\":1"),
        ("pre_tokenizer.x", "\"BertPreTokenizer\"", "\"BertPreTokenizer\",\"x\":1"),
    ])
    func namesUnknownField(_ field: String, _ old: String, _ new: String) {
        expectError(.unknownField(file: "tokenizer.json", field: field), replacing: old, with: new)
    }

    @Test(arguments: [
        ("normalizer.lowercase", ",\"lowercase\":true", ""),
        ("model.unk_token", "\"unk_token\":\"[UNK]\",", ""),
        ("added_tokens.lstrip", "\"lstrip\":true,", ""),
        ("pre_tokenizer", "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},", ""),
        ("normalizer.type", "\"type\":\"BertNormalizer\",", ""),
    ])
    func namesMissingField(_ field: String, _ old: String, _ new: String) {
        expectError(.missingField(file: "tokenizer.json", field: field), replacing: old, with: new)
    }

    @Test func namesFaultsOfTheVocabulary() {
        let file = "tokenizer.json"
        expectError(.missingID(file: file, id: 6), replacing: "e9\":6", with: "e9\":8")
        expectError(.duplicateID(file: file, id: 5), replacing: "e9\":6", with: "e9\":5")
        expectError(.idOutOfRange(file: file, id: 1 << 31), replacing: "e9\":6", with: "e9\":2147483648")
        expectError(.idOutOfRange(file: file, id: -1), replacing: "e9\":6", with: "e9\":-1")
        expectError(.duplicateToken(file: file, token: "a"), replacing: "\\u00e9", with: "\\u0061")
        expectError(
            .invalidValue(file: file, field: "vocab", problem: "has no tokens"),
            replacing: ####"{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4,"##b":5,"\u00e9":6}"####,
            with: "{}"
        )
        expectError(
            .invalidValue(
                file: file,
                field: "model.max_input_chars_per_word",
                problem: "is -1, but must not be negative"
            ),
            replacing: "100",
            with: "-1"
        )
    }

    @Test func namesFaultsOfTheAddedTokens() {
        let file = "tokenizer.json"
        expectError(
            .addedTokenMismatch(file: file, token: "[X]", addedID: 9, vocabularyID: 7),
            replacing: "\"id\":7",
            with: "\"id\":9"
        )
        // An id that the vocabulary has given to another token.
        expectError(
            .addedTokenMismatch(file: file, token: "[X]", addedID: 4, vocabularyID: 7),
            replacing: "\"id\":7",
            with: "\"id\":4"
        )
        expectError(
            .addedTokenMismatch(file: file, token: "[CLS]", addedID: 3, vocabularyID: 2),
            replacing: "\"id\":2,\"content\"",
            with: "\"id\":3,\"content\""
        )
        expectError(.emptyAddedToken(file: file, token: "\u{301}"), replacing: "\"[X]\"", with: "\"\\u0301\"")
    }

    @Test func namesMissingSpecialToken() throws {
        let file = "tokenizer.json"
        expectError(
            .missingSpecialToken(file: file, role: "separator", token: "[SEP]"),
            replacing: "\"[SEP]\":3",
            with: "\"[S]\":3"
        )
        expectError(
            .missingSpecialToken(file: file, role: "unknown", token: "[UNK]"),
            replacing: "\"[UNK]\":1",
            with: "\"[U]\":1"
        )
        expectError(
            .missingSpecialToken(file: file, role: "padding", token: "[PAD]"),
            replacing: "\"[PAD]\":0",
            with: "\"[P]\":0"
        )
        let directory = try ScratchDirectory(["vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"])
        #expect(
            throws: TokenizerError.missingSpecialToken(
                file: directory.file("vocab.txt"),
                role: "mask",
                token: "[MASK]"
            )
        ) { try Tokenizer(directory: directory.path) }
    }

    @Test func namesDuplicateLineAndUnsupportedClass() throws {
        let tokens = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
        let twice = try ScratchDirectory(["vocab.txt": tokens + "a\nb\na\n"])
        #expect(throws: TokenizerError.duplicateToken(file: twice.file("vocab.txt"), token: "a")) {
            try Tokenizer(directory: twice.path)
        }
        let roberta = try ScratchDirectory([
            "vocab.txt": tokens, "tokenizer_config.json": #"{"tokenizer_class":"RobertaTokenizer"}"#,
        ])
        #expect(
            throws: TokenizerError.unsupportedElement(
                file: roberta.file("tokenizer_config.json"),
                element: "tokenizer_class",
                type: "RobertaTokenizer"
            )
        ) { try Tokenizer(directory: roberta.path) }
    }

    @Test func everyErrorIsOneLineThatNamesTheFile() {
        let error = TokenizerError.duplicateToken(file: "dir/vocab.txt", token: "a")
        #expect(error.description.hasPrefix("dir/vocab.txt: "))
        let errors: [TokenizerError] = [
            error, .duplicateToken(file: "dir/vocab.txt", token: "a\nb"),
            .unknownField(file: "dir/vocab.txt", field: "\n"),
            .unsupportedElement(file: "dir/vocab.txt", element: "model", type: "\r\n"),
        ]
        for error in errors { #expect(!error.description.unicodeScalars.contains("\n")) }
    }
}
