import BlockSkimModule
import EncoderModule

/// Reads the input as `config.json`.
struct EncoderConfigurationTarget: FuzzTarget {
    static let name = "encoder-configuration"

    let seeds = [
        #"""
        {"architectures": ["BertForQuestionAnswering"], "model_type": "bert", "num_hidden_layers": 12,
        "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 30522,
        "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu",
        "position_embedding_type": "absolute", "is_decoder": false, "add_cross_attention": false,
        "pruned_heads": {}, "id2label": {"0": "é \ud83d\ude00"}, "torch_dtype": null}
        """#,
        #"""
        {"model_type": "bert", "num_hidden_layers": 1, "hidden_size": 4.0, "num_attention_heads": 2,
        "intermediate_size": 8, "vocab_size": 9, "max_position_embeddings": 1e1}
        """#,
        #"""
        {"model_type": "mpnet", "num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2,
        "intermediate_size": 16, "vocab_size": 30, "max_position_embeddings": 66, "pad_token_id": 1,
        "relative_attention_num_buckets": 32, "layer_norm_eps": 1e-05, "hidden_act": "gelu"}
        """#,
        #"""
        {"model_type": "deberta-v2", "num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2,
        "intermediate_size": 16, "vocab_size": 30, "max_position_embeddings": 64, "type_vocab_size": 0,
        "layer_norm_eps": 1e-07, "relative_attention": true, "position_buckets": 16, "norm_rel_ebd": "layer_norm",
        "share_att_key": true, "pos_att_type": "p2c|c2p", "max_relative_positions": -1, "position_biased_input": false}
        """#,
    ].map { [UInt8]($0.utf8) }
    let fragments =
        jsonFragments + [
            "\"bert\"", "\"relu\"", "\"model_type\":", "\"hidden_size\":768,", "\"hidden_act\":", "\"mpnet\"",
            "\"deberta-v2\"", "\"pos_att_type\":[\"c2p\"],", "\"position_buckets\":",
            "\"conv_kernel_size\":3,",
        ]
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link("config.json", to: path)
        do throws(EncoderError) {
            let read = try EncoderConfiguration(directory: directory.path)
            let isPossible =
                read.hidden == read.heads * read.headSize && read.layerCount > 0
                && read.layerNormEpsilon > 0
                && min(read.vocabularySize, read.maximumPositions, read.intermediate) > 0
            return isPossible ? "accepted" : "IMPOSSIBLE CONFIGURATION"
        } catch {
            return outcome(of: error)
        }
    }
}

/// Reads the input as `blockskim.json`.
struct SkimConfigurationTarget: FuzzTarget {
    static let name = "skim-configuration"

    let seeds = [
        #"""
        {"version":1,"block_size":32,"block_layout":"passage_aligned","attention_region":"full","skim_layers":[2],
        "skip_threshold":0.9,"skipped_positions":"forwarded","minimum_kept_blocks":1}
        """#,
        #"""
        {"version": 1, "block_size": 7, "block_layout": "absolute", "attention_region": "diagonal",
        "skim_layers": [3, 1], "skip_threshold": 1, "skipped_positions": "excluded", "minimum_kept_blocks": 0,
        "frontier": [{"layer": 2, "f1": 71.5, "note": "\u00e9"}]}
        """#,
    ].map { [UInt8]($0.utf8) }
    let fragments =
        jsonFragments + [
            "\"version\":", "\"full\"", "\"absolute\"", "\"excluded\"", "[1,2]", "\"block_size\":4,",
        ]
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func run(_ input: [UInt8], path: String) -> String {
        directory.link(SkimConfiguration.fileName, to: path)
        do throws(BlockSkimError) {
            let read = try SkimConfiguration(directory: directory.path)
            let isPossible =
                (1...SkimConfiguration.maximumBlockSize).contains(read.blockSize)
                && read.skimLayers.first ?? 0 >= 1
                && read.policy.thresholds.values.allSatisfy((0...1).contains)
                && read.policy.minimumKeptBlocks >= 0
            return isPossible ? "accepted" : "IMPOSSIBLE CONFIGURATION"
        } catch .checkpoint(let error) {
            return outcome(of: error)
        } catch {
            return outcome(of: error)
        }
    }
}
