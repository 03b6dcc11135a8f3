import TokenizerModule

private let text = "Café [MASK] 名 42, (the)\u{A0}ab abc  in 1921 ``x''."

/// Loads the input as `spiece.model`.
struct SentencePieceTarget: FuzzTarget {
    static let name = "tokenizer-spiece"

    let seeds = [TinyPieceVocabulary.model]
    let fragments = ["\u{8}", "\u{A}", "\u{12}", "\u{1A}", "\u{1}", "\u{0}", "▁", "é", "the", "\u{7F}"]
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory(["tokenizer_config.json": #"{"tokenizer_class": "AlbertTokenizer"}"#]
        )
    }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("spiece.model", to: path)
        return outcomeOfLoading(directory, text)
    }
}

/// Loads the input as `sentencepiece.bpe.model`.
struct FairseqTarget: FuzzTarget {
    static let name = "tokenizer-fairseq"

    let seeds = [TinyPieceVocabulary.fairseqModel]
    let fragments = ["\u{8}", "\u{A}", "\u{12}", "\u{1A}", "\u{1}", "\u{0}", "▁", "é", "the", "\u{7F}"]
    private let directories: [ScratchDirectory]

    init() throws {
        directories = try ["xlm-roberta", "camembert"].map {
            try ScratchDirectory(["config.json": "{\"model_type\": \"\($0)\"}"])
        }
    }

    func run(_ input: [UInt8], path: String) -> String {
        let outcomes = directories.map { directory in
            directory.link("sentencepiece.bpe.model", to: path)
            return outcomeOfLoading(directory, text)
        }
        return outcomes.first { $0 != "accepted" } ?? "accepted"
    }
}

/// Loads the input as DeBERTa's `spm.model`.
struct DeBERTaPiecesTarget: FuzzTarget {
    static let name = "tokenizer-spm"

    let seeds = [TinyPieceVocabulary.debertaModel]
    let fragments = [
        "\u{8}", "\u{A}", "\u{12}", "\u{1A}", "\u{1}", "\u{0}", "▁", "é", "the", "\u{7F}", "[MASK]",
    ]
    private let directories: [ScratchDirectory]

    init() throws {
        directories = try ["false", "true"].map {
            try ScratchDirectory([
                "config.json": "{\"model_type\": \"deberta-v2\"}",
                "tokenizer_config.json": "{\"do_lower_case\": \($0), \"vocab_type\": \"spm\"}",
            ])
        }
    }

    func run(_ input: [UInt8], path: String) -> String {
        let outcomes = directories.map { directory in
            directory.link("spm.model", to: path)
            return outcomeOfLoading(directory, text)
        }
        return outcomes.first { $0 != "accepted" } ?? "accepted"
    }
}

/// Loads the input as the `tokenizer.json` of Unigram.
struct UnigramFileTarget: FuzzTarget {
    static let name = "tokenizer-file-unigram"

    let seeds = [
        TinyPieceVocabulary.json(),
        TinyPieceVocabulary.json(
            normalizer: """
                {"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":true},
                {"type":"NFC"},{"type":"Prepend","prepend":"▁"}]}
                """,
            preTokenizer: #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}"#,
            fallsBackToBytes: true
        ),
    ].map { [UInt8]($0.utf8) }
    let fragments =
        jsonFragments + [
            "\"NFD\"", "\"NFKC\"", "\"first\"", "\"never\"", "▁", "\"type\":", "{\"type\":\"NFC\"},", "AAAA",
            "[\"ab\",-1],", "<0x41>", "\"unk_id\":0,",
        ]
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("tokenizer.json", to: path)
        return outcomeOfLoading(directory, text)
    }
}
