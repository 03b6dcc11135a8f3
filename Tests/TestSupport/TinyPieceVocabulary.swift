import Foundation

/// The files of a Unigram tokenizer as ALBERT's, with a few pieces.
package enum TinyPieceVocabulary {
    /// Pieces and their scores by id.
    package static let pieces: [(text: String, score: Float)] =
        ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"].map { ($0, 0) }
        + ["(", ",", "▁", "▁the", "▁c", "a", "f", "e", "▁ab", "b", "c", "in", "g", "▁19", "21", "名", "."]
        .enumerated().map { ($1, -2 - Float($0) / 4) }

    /// Precompiled rules: é (C3 A9) → e and U+00A0 (C2 A0) → space.
    ///
    /// A trie in 256 units: the children of a node lie at its base xor their byte, what replaces it at its base.
    package static let characterMap: [UInt8] = {
        var units = [UInt32](repeating: 0, count: 256)
        func set(_ node: Int, byte: Int, base: Int, replacement: UInt32? = nil) {
            units[node] = UInt32((node ^ base) << 10 | (replacement == nil ? 0 : 1) << 8 | byte)
            if let replacement { units[base] = 1 << 31 | replacement }
        }
        set(0xC3, byte: 0xC3, base: 0x10)
        set(0x10 ^ 0xA9, byte: 0xA9, base: 0x20, replacement: 0)
        set(0xC2, byte: 0xC2, base: 0x30)
        set(0x30 ^ 0xA0, byte: 0xA0, base: 0x40, replacement: 2)
        return littleEndian(UInt32(4 * units.count)) + units.flatMap(littleEndian) + Array("e\0 \0".utf8)
    }()

    /// The bytes of `spiece.model`, a protocol buffer `ModelProto`.
    package static let model = proto(pieces, unknownID: 1, controls: 5)

    /// The bytes of `sentencepiece.bpe.model`, which has the same pieces behind three special ones.
    package static let fairseqModel = proto(
        ["<unk>", "<s>", "</s>"].map { ($0, 0) } + pieces.dropFirst(5),
        unknownID: 0,
        controls: 3
    )

    /// The bytes of DeBERTa's `spm.model`, which has the same pieces behind four special ones; the mask is in none.
    package static let debertaModel = proto(
        ["[PAD]", "[CLS]", "[SEP]", "[UNK]"].map { ($0, 0) } + pieces.dropFirst(5),
        unknownID: 3,
        controls: 3
    )

    private static func proto(
        _ pieces: [(text: String, score: Float)],
        unknownID: Int,
        controls: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for (id, piece) in pieces.enumerated() {
            // Unknown, control, user-defined or normal.
            let kind: UInt8 = id == unknownID ? 2 : id < controls ? 3 : piece.text == "(" ? 4 : 1
            let score = [2 << 3 | 5] + littleEndian(piece.score.bitPattern)
            bytes += field(1, field(1, Array(piece.text.utf8)) + score + [3 << 3, kind])
        }
        // The trainer's model_type is 1, Unigram; unk_id is field 40.
        bytes += field(2, [3 << 3, 1, 0xC0, 0x02, UInt8(unknownID)])
        return bytes + field(3, field(1, Array("nmt".utf8)) + field(2, characterMap))
    }

    /// A field of a protocol buffer that is a message, a text or bytes.
    ///
    /// - Parameters:
    ///   - number: the field's, below 16.
    ///   - content: what is in it.
    /// - Returns: the field with its tag.
    package static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [number << 3 | 2]
        var count = content.count
        while count > 0x7F {
            bytes.append(UInt8(count & 0x7F | 0x80))
            count >>= 7
        }
        return bytes + [UInt8(count)] + content
    }

    /// The four bytes of a number.
    package static func littleEndian(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }

    /// The normalizer of ALBERT's `tokenizer.json`.
    package static let normalizer = """
        {"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"``"},"content":"\\""},
        {"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"},
        {"type":"Precompiled","precompiled_charsmap":"\(Data(characterMap).base64EncodedString())"},
        {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}
        """

    /// The pre-tokenizer of ALBERT's `tokenizer.json`.
    package static let preTokenizer = """
        {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
        {"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}
        """

    /// A `tokenizer.json`.
    ///
    /// - Parameters:
    ///   - normalizer: the element.
    ///   - preTokenizer: the element.
    ///   - fallsBackToBytes: whether it has a piece for each byte, for what is unknown.
    /// - Returns: the text.
    package static func json(
        normalizer: String = normalizer,
        preTokenizer: String = preTokenizer,
        fallsBackToBytes: Bool = false
    ) -> String {
        let bytes = fallsBackToBytes ? (0..<256).map { "[\"\(String(format: "<0x%02X>", $0))\",0]" } : []
        let vocabulary = pieces.map { "[\"\($0.text)\",\($0.score)]" } + bytes
        return """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":4,"content":"[MASK]",
            "single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}],
            "normalizer":\(normalizer),"pre_tokenizer":\(preTokenizer),
            "post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},
            "decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
            "model":{"type":"Unigram","unk_id":1,"byte_fallback":\(fallsBackToBytes),
            "vocab":[\(vocabulary.joined(separator: ","))]}}
            """
    }
}
