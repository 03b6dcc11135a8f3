import TokenizerModule

/// A small uncased BERT tokenizer, as `tokenizer.json`.
private let tokenizerJSON: String = {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let pieces = special + "abcdefghijklmnop0123456789.,é名".flatMap { ["\($0)", "##\($0)"] }
    let vocabulary = pieces.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
    let added = special.enumerated().map {
        """
        {"id": \($0), "content": "\($1)", "single_word": false, "lstrip": \($0 == 4), "rstrip": false, \
        "normalized": false, "special": true}
        """
    }
    return """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [\(added.joined(separator: ", "))],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
        "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": null,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}, "model": {"type": "WordPiece",
        "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": {\(vocabulary)}}}
        """
}()

/// Loads the input as `tokenizer.json` and, if that works, tokenises a text with it.
struct TokenizerFileTarget: FuzzTarget {
    static let name = "tokenizer-file"

    let seeds = [[UInt8](tokenizerJSON.utf8)]
    let fragments = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00e9", "\\uD83D", "\\uDE00", "null", "true", "false",
        "-1", "1e9",
        "\"lowercase\":", "\"vocab\":", "\"added_tokens\":", "\"normalizer\":", "\"\"", "##", "[UNK]",
        "\u{FEFF}",
    ]
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("tokenizer.json", to: path)
        return outcomeOfLoading(directory)
    }
}

/// Loads the input as `tokenizer_config.json` beside a `vocab.txt`.
struct TokenizerConfigurationTarget: FuzzTarget {
    static let name = "tokenizer-configuration"

    let seeds = [
        #"""
        {"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": null,
        "tokenize_chinese_chars": true, "unk_token": "[UNK]", "cls_token": "[CLS]", "pad_token": "[PAD]",
        "mask_token": {"content": "[MASK]", "lstrip": true, "__type": "AddedToken"}, "model_max_length": 1e30,
        "additional_special_tokens": ["a"], "added_tokens_decoder": {"8": {"content": "[X]", "special": true}}}
        """#,
        #"{"do_lower_case": false, "extra_special_tokens": {"image_token": "é"}, "sep_token": "[SEP]"}"#,
        "{}",
    ].map { [UInt8]($0.utf8) }
    let fragments =
        jsonFragments + [
            "\"content\":", "\"special\":true,", "\"9\":{\"content\":\"[Y]\"},", "[MASK]",
            "\"lstrip\":false,",
        ]
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory(["vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\né\n"])
    }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("tokenizer_config.json", to: path)
        return outcomeOfLoading(directory)
    }
}

/// Loads the tokenizer of a directory and, if that works, tokenises a text with it.
func outcomeOfLoading(
    _ directory: ScratchDirectory,
    _ text: String = "Café [MASK] 名 42, ab [X] no."
) -> String {
    do throws(TokenizerError) {
        return check(try Tokenizer(directory: directory.path), text)
    } catch {
        return outcome(of: error)
    }
}

/// Tokenises the input as a text.
struct TokenizerTextTarget: FuzzTarget {
    static let name = "tokenizer-text"

    let seeds = [
        "The café opened [SEP] in 1921, 名 of bread.", "e\u{301}\u{323}\r\n\t\u{0}\u{FFFD}",
        "👩🏽‍🚀 각 각 İstanbul ΣΑΣ",
    ].map { [UInt8]($0.utf8) }
    let fragments = [
        "[MASK]", "[SEP", "]", "\u{301}", "\u{323}", "\u{200D}", "각", "\u{1112}\u{1161}\u{11AB}", "İ", "ﬁ",
        "名",
        "\u{0}", "\u{AD}", "  ", String(repeating: "a", count: 101),
    ]
    private let tokenizer: Tokenizer

    init() throws {
        let directory = try ScratchDirectory(["tokenizer.json": tokenizerJSON])
        tokenizer = try Tokenizer(directory: directory.path)
    }

    func run(_ input: [UInt8], path: String) -> String {
        check(tokenizer, String(decoding: input, as: UTF8.self))
    }
}

/// Tokenises a text and looks whether every token has an id, and a range that lies in the text behind the one before.
private func check(_ tokenizer: Tokenizer, _ text: String) -> String {
    let tokens = tokenizer.tokenize(text)
    guard tokens.ids.count == tokens.offsets.count else { return "WRONG COUNT" }
    let scalarCount = text.unicodeScalars.count
    var start = 0
    for (id, range) in zip(tokens.ids, tokens.offsets) {
        guard tokenizer.token(forID: id) != nil else { return "UNKNOWN ID" }
        guard range.lowerBound >= start, range.upperBound <= scalarCount else { return "WRONG RANGE" }
        start = range.lowerBound
    }
    return "accepted"
}
