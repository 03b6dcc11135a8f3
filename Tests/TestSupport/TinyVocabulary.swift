import Foundation

/// A WordPiece vocabulary that spells any lower-case English text and fits ``FormulaCheckpoint``'s embeddings.
package enum TinyVocabulary {
    /// The tokens by id.
    package static let tokens: [String] = {
        let characters = "abcdefghijklmnopqrstuvwxyz0123456789".map { "\($0)" }
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + characters + characters.map { "##" + $0 }
            + [".", ",", "?", "!", "-", "'", "\"", "(", ")"]
    }()

    /// The vocabulary files of a directory by name.
    package static let files = [
        "vocab.txt": tokens.joined(separator: "\n") + "\n",
        "tokenizer_config.json": #"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#,
    ]

    /// MPNet's special tokens around the same words; its padding has the id 1.
    package static let mpnetTokens = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"] + tokens.dropFirst(5)

    /// MPNet's vocabulary files.
    package static let mpnetFiles = [
        "vocab.txt": mpnetTokens.joined(separator: "\n") + "\n",
        "tokenizer_config.json": #"{"do_lower_case": true, "tokenizer_class": "MPNetTokenizer"}"#,
    ]

    /// Writes a family's vocabulary files into a checkpoint directory.
    ///
    /// - Parameters:
    ///   - directory: an existing directory.
    ///   - family: MPNet, or a family with BERT's special tokens.
    /// - Throws: what writing files throws.
    package static func write(to directory: String, family: FormulaFamily = .bert) throws {
        for (name, text) in family.name == "mpnet" ? mpnetFiles : files {
            try text.write(toFile: directory + "/" + name, atomically: false, encoding: .utf8)
        }
    }
}

/// A way to skim in the calibration of a checkpoint, as if it had been measured.
package struct FrontierPoint: Sendable {
    package var layers: [Int]
    package var threshold: Double
    package var f1Loss: Double
    package var speedup: Double

    package init(layers: [Int], threshold: Double, f1Loss: Double, speedup: Double) {
        self.layers = layers
        self.threshold = threshold
        self.f1Loss = f1Loss
        self.speedup = speedup
    }

    fileprivate var json: String {
        """
        {"skim_layers": \(layers), "skip_threshold": \(threshold), "exact_match": 70, "f1": \(80 - f1Loss),
        "f1_loss": \(f1Loss), "kept_fraction": 0.5, "answer_block_recall": 0.99, "predicted_speedup": 1.5,
        "measured_speedup": \(speedup)}
        """
    }
}

extension TinyVocabulary {
    /// The same tokenizer as `tokenizer.json`.
    package static let json = json(
        tokens,
        processor: #"{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}"#
    )

    /// The same as ``mpnetFiles``, as Hugging Face writes it.
    package static let mpnetJSON = json(
        mpnetTokens,
        processor: #"""
            {"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false}
            """#
    )

    private static func json(_ tokens: [String], processor: String) -> String {
        let entries = tokens.enumerated().map { id, token in
            "\(token == "\"" ? "\"\\\"\"" : "\"\(token)\""):\(id)"
        }
        let added = tokens.prefix(5).enumerated().map { id, token in
            """
            {"id":\(id),"content":"\(token)","single_word":false,"lstrip":\(token == "<mask>"),\
            "rstrip":false,"normalized":false,"special":true}
            """
        }
        return """
            {"version":"1.0","added_tokens":[\(added.joined(separator: ","))],
            "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
            "strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
            "post_processor":\(processor),
            "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
            "max_input_chars_per_word":100,"vocab":{\(entries.joined(separator: ","))}}}
            """
    }
}

extension FormulaCheckpoint {
    /// A checkpoint to train from: a vocabulary, and positions for windows of 512 tokens.
    package static func trainable(layers: Int) throws -> FormulaCheckpoint {
        var sizes = Sizes()
        (sizes.layers, sizes.positions) = (layers, 512)
        let checkpoint = try FormulaCheckpoint(sizes: sizes)
        try TinyVocabulary.write(to: checkpoint.path)
        return checkpoint
    }

    /// A checkpoint that answers questions about lower-case English text, with blocks of 4 tokens.
    ///
    /// - Parameters:
    ///   - threshold: τ.
    ///   - skipped: `skipped_positions`.
    ///   - skimLayers: `skim_layers`, as JSON.
    ///   - modules: how many of the layers, from the first on, have a Block Skim Module.
    ///   - frontier: what calibration measured, in any order; nil for a checkpoint that was not calibrated.
    ///   - confidence: how sure answers are, as JSON; nil for a checkpoint that was not calibrated for that.
    /// - Returns: a directory with everything that a question answerer needs.
    /// - Throws: what writing files throws.
    package static func skimming(
        threshold: Double = 0.5,
        skipped: String = "forwarded",
        skimLayers: String = "[1]",
        modules: Int = 3,
        frontier: [FrontierPoint]? = nil,
        confidence: String? = nil
    ) throws -> FormulaCheckpoint {
        let points = frontier.map { $0.map(\.json).joined(separator: ", ") }
        let calibration = points.map {
            #", "calibration": {"questions": 9, "dense_f1": 80, "frontier": [\#($0)]}"#
        }
        let checkpoint = try FormulaCheckpoint(
            linearInputs: 5 * 4,
            skim: """
                {"version": 1, "block_size": 4, "block_layout": "passage_aligned", "attention_region": "full",
                "skim_layers": \(skimLayers), "skip_threshold": \(threshold), "skipped_positions": "\(skipped)",
                "minimum_kept_blocks": 1\(calibration ?? "")\(confidence.map { ", \"confidence\": \($0)" } ?? "")}
                """,
            change: { tensors in
                let missing = (modules..<3).map { "block_skim.layers.\($0)." }
                tensors.removeAll { tensor in missing.contains { tensor.name.hasPrefix($0) } }
            }
        )
        try TinyVocabulary.write(to: checkpoint.path)
        return checkpoint
    }
}
