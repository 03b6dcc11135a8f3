import TokenizerModule

private let text = "Café <mask> 名 42's, ab abc  in 1921\r\n ing."

/// Loads the input as `vocab.json` beside a `merges.txt`.
struct ByteVocabularyTarget: FuzzTarget {
    static let name = "tokenizer-vocab-json"

    let seeds = [Array(TinyByteVocabulary.vocabulary.utf8)]
    let fragments = jsonFragments + ["\"ab\":", "\"Ġa\":264,", "Ġ", "<s>", ",\"x\":269"]
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory(TinyByteVocabulary.files.filter { $0.key != "vocab.json" })
    }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("vocab.json", to: path)
        return outcomeOfLoading(directory, text)
    }
}

/// Loads the input as `merges.txt` beside a `vocab.json`.
struct MergesTarget: FuzzTarget {
    static let name = "tokenizer-merges"

    let seeds = [Array((TinyByteVocabulary.files["merges.txt"] ?? "").utf8)]
    let fragments = ["\n", " ", "\r\n", "a b\n", "Ġ", "Ġ Ġ\n", "#version", "i n", "é", "\0", "<s> <s>\n"]
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory(TinyByteVocabulary.files.filter { $0.key != "merges.txt" })
    }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("merges.txt", to: path)
        return outcomeOfLoading(directory, text)
    }
}

/// Loads the input as the `tokenizer.json` of byte-level BPE.
struct BytePairFileTarget: FuzzTarget {
    static let name = "tokenizer-file-bpe"

    let seeds = [
        TinyByteVocabulary.json(),
        TinyByteVocabulary.json(
            preTokenizer: """
                {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"ByteLevel",\
                "add_prefix_space":true,"trim_offsets":true}]}
                """,
            postProcessor: """
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},\
                {"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
                "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},\
                {"SpecialToken":{"id":"</s>","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},\
                {"Sequence":{"id":"B","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"special_tokens":\
                {"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}}
                """,
            more: #""ignore_merges":true,"#
        ),
    ].map { [UInt8]($0.utf8) }
    let fragments =
        jsonFragments + ["\"merges\":", "\"a b\",", "[\"a\",\"b\"],", "Ġ", "\"ByteLevel\"", "\"NFC\"", "<s>"]
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("tokenizer.json", to: path)
        return outcomeOfLoading(directory, text)
    }
}
