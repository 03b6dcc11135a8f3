import Foundation

/// The files of a byte-level BPE tokenizer as RoBERTa's: a token for each byte and for what each of a few merges gives.
package enum TinyByteVocabulary {
    /// By rank, the two tokens of each with a space between them.
    package static let merges = ["a b", "Ġ a", "Ġa b", "ab c", "Ã ©", "1 9", "i n", "in g"]

    /// The tokens by id.
    package static let tokens: [String] = {
        // GPT-2's alphabet: bytes that are not printable are written with the scalars from U+0100 on.
        let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let scalars = printable + (0..<256 - printable.count).map { 0x100 + $0 }
        let alphabet = scalars.compactMap { Unicode.Scalar($0) }.map { "\($0)" }
        return ["<s>", "<pad>", "</s>", "<unk>"] + alphabet + merges.map { $0.filter { $0 != " " } }
            + ["<mask>"]
    }()

    /// The text of `vocab.json`.
    package static let vocabulary: String = {
        let entries = tokens.enumerated().map { id, token in
            "\(token == "\"" || token == "\\" ? "\"\\\(token)\"" : "\"\(token)\""):\(id)"
        }
        return "{\(entries.joined(separator: ","))}"
    }()

    /// The vocabulary files of a directory by name.
    package static let files = [
        "vocab.json": vocabulary, "merges.txt": "#version: 0.2\n" + merges.joined(separator: "\n") + "\n",
        "tokenizer_config.json": #"{"tokenizer_class": "RobertaTokenizer"}"#,
    ]

    /// The pre-tokenizer of RoBERTa's `tokenizer.json`.
    package static let preTokenizer =
        #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#

    /// The post-processor of RoBERTa's `tokenizer.json`.
    package static let postProcessor =
        #"{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false}"#

    /// A `tokenizer.json`.
    ///
    /// - Parameters:
    ///   - preTokenizer: the element.
    ///   - postProcessor: the element.
    ///   - more: further fields of the model, each with a comma behind it.
    /// - Returns: the text.
    package static func json(
        preTokenizer: String = preTokenizer,
        postProcessor: String = postProcessor,
        more: String = ""
    ) -> String {
        let added = ["<s>", "<mask>"].map { token in
            """
            {"id":\(token == "<s>" ? 0 : tokens.count - 1),"content":"\(token)","single_word":false,\
            "lstrip":false,"rstrip":false,"normalized":false,"special":true}
            """
        }
        let merges = merges.map { "[\"\($0.split(separator: " ").joined(separator: "\",\""))\"]" }
        return """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[\(added.joined(separator: ","))],
            "normalizer":null,"pre_tokenizer":\(preTokenizer),"post_processor":\(postProcessor),
            "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
            "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":"",\
            "end_of_word_suffix":"","fuse_unk":false,"byte_fallback":false,\(more)"vocab":\(vocabulary),
            "merges":[\(merges.joined(separator: ","))]}}
            """
    }
}
