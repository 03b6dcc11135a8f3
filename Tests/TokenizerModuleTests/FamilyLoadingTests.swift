import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// What is wrong with the files of byte-level BPE and Unigram tokenizers is an error that names it.
@Suite struct FamilyLoadingTests {
    private func expectError(
        _ error: TokenizerError,
        in json: String,
        replacing old: String,
        with new: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(json.contains(old), sourceLocation: sourceLocation)
        #expect(throws: error, sourceLocation: sourceLocation) {
            let changed = json.replacingOccurrences(of: old, with: new)
            return try Tokenizer(TokenizerDefinition(json: Array(changed.utf8), file: "f"))
        }
    }

    private func expectError(
        _ error: (ScratchDirectory) -> TokenizerError,
        files changes: [String: String?],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let files = TinyByteVocabulary.files.merging(changes.compactMapValues { $0 }) { $1 }
        let directory = try ScratchDirectory(files.filter { changes[$0.key] != .some(nil) })
        #expect(throws: error(directory), sourceLocation: sourceLocation) {
            try Tokenizer(directory: directory.path)
        }
    }

    @Test func unchangedFilesLoad() throws {
        let directory = try ScratchDirectory(TinyByteVocabulary.files)
        let tokenizer = try Tokenizer(directory: directory.path)
        let other = try Tokenizer(TokenizerDefinition(json: Array(TinyByteVocabulary.json().utf8), file: "f"))
        for text in ["ab abc in 1921\u{E9}", " <mask>\r\n"] {
            #expect(tokenizer.tokenize(text) == other.tokenize(text))
        }
        #expect(tokenizer.tokenize(" abc").ids.compactMap { tokenizer.token(forID: $0) } == ["Ġ", "abc"])
    }

    @Test func namesByteWithoutToken() throws {
        // ¼ stands for the byte 188.
        let vocabulary = TinyByteVocabulary.vocabulary.replacingOccurrences(
            of: "\u{BC}",
            with: "\u{BC}\u{BC}"
        )
        try expectError(
            { .missingByteToken(file: $0.file("vocab.json"), byte: 188) },
            files: ["vocab.json": vocabulary]
        )
    }

    @Test(arguments: [
        ("a b\nab\n", 2), ("a b c\n", 1), ("#version: 0.2\n\na b\na  b\n", 4), (" a\n", 1), ("a \n", 1),
        ("a b\n#version: 0.2 x\n", 2), ("a b\r\na\r\n", 2),
    ])
    func namesLineThatIsNoMerge(_ merges: String, _ line: Int) throws {
        try expectError(
            { .malformedMerge(file: $0.file("merges.txt"), line: line) },
            files: ["merges.txt": merges]
        )
    }

    @Test(arguments: [("a b\nx yz\n", 1, "yz"), ("xx y\n", 0, "xx"), ("a b\na c\n", 1, "ac")])
    func namesTokenOfMergeThatTheVocabularyLacks(_ merges: String, _ rank: Int, _ token: String) throws {
        try expectError(
            { .unknownMergeToken(file: $0.file("vocab.json"), rank: rank, token: token) },
            files: ["merges.txt": merges]
        )
    }

    @Test func namesMergeThatStandsTwice() throws {
        try expectError(
            { .duplicateMerge(file: $0.file("vocab.json"), rank: 2) },
            files: ["merges.txt": "a b\ni n\na b\n"]
        )
    }

    @Test func namesFileThatIsMissingOrNotUTF8() throws {
        try expectError(
            { .unreadableFile(file: $0.file("merges.txt"), reason: "it is not there") },
            files: ["merges.txt": nil]
        )
        let directory = try ScratchDirectory(TinyByteVocabulary.files)
        let file = try directory.write(Array("a b\n".utf8) + [0xC3], to: "merges.txt")
        #expect(throws: TokenizerError.invalidUTF8(file: file, byteOffset: 4)) {
            try Tokenizer(directory: directory.path)
        }
    }

    @Test func namesClassOfAnotherFamily() throws {
        let other = #"{"tokenizer_class":"AlbertTokenizer"}"#
        try expectError(
            {
                .unsupportedElement(
                    file: $0.file("tokenizer_config.json"),
                    element: "tokenizer_class",
                    type: "AlbertTokenizer"
                )
            },
            files: ["tokenizer_config.json": other]
        )
        let albert = try ScratchDirectory(["tokenizer_config.json": #"{"tokenizer_class":"GPT2Tokenizer"}"#])
        try albert.write(TinyPieceVocabulary.model, to: "spiece.model")
        #expect(
            throws: TokenizerError.unsupportedElement(
                file: albert.file("tokenizer_config.json"),
                element: "tokenizer_class",
                type: "GPT2Tokenizer"
            )
        ) { try Tokenizer(directory: albert.path) }
    }

    /// What is changed in `tokenizer.json` of byte-level BPE, the element that is then not supported, and its type.
    @Test(arguments: [
        (#""dropout":null"#, #""dropout":0.1"#, "model.dropout", "number"),
        (
            #""continuing_subword_prefix":"""#, #""continuing_subword_prefix":"@@""#,
            "model.continuing_subword_prefix", "string"
        ),
        (
            #""end_of_word_suffix":"""#, #""end_of_word_suffix":"</w>""#, "model.end_of_word_suffix",
            "string"
        ),
        (
            TinyByteVocabulary.preTokenizer, #"{"type":"WhitespaceSplit"}"#, "pre_tokenizer",
            "no ByteLevel at the end with model BPE"
        ),
        (
            TinyByteVocabulary.preTokenizer,
            #"{"type":"Sequence","pretokenizers":[\#(TinyByteVocabulary.preTokenizer),\#(TinyByteVocabulary.preTokenizer)]}"#,
            "pre_tokenizer", "ByteLevel at the end with model BPE"
        ),
        (TinyByteVocabulary.preTokenizer, #"{"type":"Digits"}"#, "pre_tokenizer", "Digits"),
        (
            TinyByteVocabulary.postProcessor,
            #"{"type":"Sequence","processors":[]}"#, "post_processor", "Sequence"
        ),
    ])
    func namesUnsupportedElementOfBytePairs(
        _ old: String,
        _ new: String,
        _ element: String,
        _ type: String
    ) {
        expectError(
            .unsupportedElement(file: "f", element: element, type: type),
            in: TinyByteVocabulary.json(),
            replacing: old,
            with: new
        )
    }

    @Test(arguments: [
        (#""NFKD""#, #""Nmt""#, "normalizer", "Nmt"),
        (#"{"type":"NFKD"}"#, #"{"type":"ByteLevel"}"#, "normalizer", "ByteLevel"),
        (#""Regex":" {2,}""#, #""Regex":"x+""#, "normalizer.pattern.Regex", "x+"),
        (#""String":"``""#, #""String":"""#, "normalizer.pattern.String", ""),
        (
            #"{"type":"NFKD"}"#,
            #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#,
            "normalizer", "BertNormalizer after another normalizer"
        ),
        (#""always","split":true}]"#, #""once","split":true}]"#, "pre_tokenizer.prepend_scheme", "once"),
        (
            TinyPieceVocabulary.preTokenizer, TinyByteVocabulary.preTokenizer, "pre_tokenizer",
            "ByteLevel at the end with model Unigram"
        ),
        (TinyPieceVocabulary.normalizer, "[]", "normalizer", "array"),
    ])
    func namesUnsupportedElementOfUnigram(
        _ old: String,
        _ new: String,
        _ element: String,
        _ type: String
    ) {
        expectError(
            .unsupportedElement(file: "f", element: element, type: type),
            in: TinyPieceVocabulary.json(),
            replacing: old,
            with: new
        )
    }

    @Test(arguments: [
        ("\"AAQ", "\"?AQ", "normalizer.precompiled_charsmap", "is not base64"),
        ("\"AAQAA", "\"AAUAA", "normalizer.precompiled_charsmap", "says that its array has 1280 bytes"),
        (
            "\"replacement\":\"▁\"", "\"replacement\":\"▁▁\"", "pre_tokenizer.replacement",
            "is not one character"
        ),
        (
            "\"prepend_scheme\":\"always\",\"split\":true}]",
            "\"prepend_scheme\":\"always\",\"add_prefix_space\":false}]", "pre_tokenizer.add_prefix_space",
            "is false, which is not what prepend_scheme says"
        ),
        ("\"unk_id\":1", "\"unk_id\":22", "model.unk_id", "is 22, which no piece has"),
        ("\"unk_id\":1", "\"unk_id\":-1", "model.unk_id", "is -1, which no piece has"),
    ])
    func namesInvalidValueOfUnigram(_ old: String, _ new: String, _ field: String, _ problem: String) {
        expectError(
            .invalidValue(file: "f", field: field, problem: problem),
            in: TinyPieceVocabulary.json(),
            replacing: old,
            with: new
        )
    }

    @Test(arguments: [
        ("\"unk_id\":1,", "", "model.unk_id"), ("\"unk_id\":1,", "\"unk_id\":null,", "model.unk_id"),
        (",\"content\":\"\\\"\"", "", "normalizer.content"),
        ("\"pattern\":{\"String\":\"``\"},", "", "normalizer.pattern"),
        ("{\"String\":\"``\"}", "{}", "normalizer.pattern"),
        ("\"sep\":[\"[SEP]\",3],", "", "post_processor.sep"),
        (
            "\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend", "\"type\":\"Metaspace\",\"prepend",
            "pre_tokenizer.replacement"
        ),
    ])
    func namesMissingFieldOfUnigram(_ old: String, _ new: String, _ field: String) {
        expectError(
            .missingField(file: "f", field: field),
            in: TinyPieceVocabulary.json(),
            replacing: old,
            with: new
        )
    }

    /// Found by fuzzing: the key stood in the error as it is, line break and all.
    @Test func namesUnknownPatternInOneLine() throws {
        let field = "normalizer.pattern.Str\ning"
        let error = TokenizerError.unknownField(file: "f", field: field)
        expectError(error, in: TinyPieceVocabulary.json(), replacing: "\"String\"", with: #""Str\ning""#)
        #expect(!error.description.contains("\n"))
    }

    @Test func refusesScoresThatAreNotFiniteAndVocabulariesThatAreTooLarge() {
        var definition = TokenizerDefinition(file: "f")
        definition.preTokenizers = [.whitespace]
        definition.specialTokens = SpecialTokens(
            unknown: "a",
            classifier: "a",
            separator: "a",
            padding: "a",
            mask: "a"
        )
        definition.vocabularyBytes = [0x61]
        definition.vocabularyEntries = [Vocabulary.Entry(start: 0, count: 1, id: 0)]
        definition.model = .unigram(UnigramDefinition(scores: [.nan], unknownID: 0))
        func problem(_ problem: String) -> TokenizerError {
            .invalidValue(file: "f", field: "model.vocab", problem: problem)
        }
        #expect(throws: problem("has a score that is no finite number")) { try Tokenizer(definition) }
        definition.model = .unigram(UnigramDefinition(scores: [0, 0], unknownID: 0))
        definition.vocabularyBytes += [UInt8](repeating: 0x62, count: 1 << 24)
        definition.vocabularyEntries.append(Vocabulary.Entry(start: 1, count: 1 << 24, id: 1))
        #expect(throws: problem("has more than 16 MB of tokens")) { try Tokenizer(definition) }
    }
}
