import FileModule

/// What is in a directory that should be a checkpoint, to say so where it is none.
struct CheckpointDirectory {
    let path: String

    /// Whether the directory has a file of this name.
    func has(_ name: String) -> Bool { InputFile.exists(at: "\(path)/\(name)") }

    /// Makes sure that the path can be a checkpoint: not the name of one on the hub, nor the root of the hub's cache.
    ///
    /// - Throws: `notACheckpoint`.
    func check() throws(EncoderError) {
        guard !has("config.json") else { return }
        if !InputFile.exists(at: path), looksLikeAName {
            throw .notACheckpoint(
                directory: path,
                reason: "there is no such directory; if it is a name on the Hugging Face hub, "
                    + "save that model to a directory: " + Self.saving(path, to: "DIRECTORY")
            )
        }
        let reference = path + "/refs/main"
        guard has("snapshots"), let revision = try? InputFile.contents(of: reference, limitBytes: 99) else {
            return
        }
        let snapshot = String(decoding: revision.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        throw .notACheckpoint(
            directory: path,
            reason: "it is the hub's cache of a model; give \(path)/snapshots/\(snapshot)"
        )
    }

    /// Weights in forms that are not read, as far as they are there.
    var foreignWeights: [String] { ForeignWeights.names.map { $0.key }.filter(has) }

    /// Whether the path could be a name on the hub, such as `deepset/roberta-base-squad2`.
    private var looksLikeAName: Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && !parts.contains { $0.isEmpty || $0.first == UInt8(ascii: ".") }
    }

    /// Two lines of Python, as one.
    static func saving(_ name: String, to directory: String, _ options: String = "") -> String {
        "from transformers import AutoModelForQuestionAnswering as M, AutoTokenizer as T; "
            + "M.from_pretrained(\(JSONText.quoted(name))\(options)).save_pretrained(\(JSONText.quoted(directory))), "
            + "T.from_pretrained(\(JSONText.quoted(name))).save_pretrained(\(JSONText.quoted(directory)))"
    }
}

/// Weights in forms that are not read, and how to make a checkpoint of each.
enum ForeignWeights {
    case tensorFlow
    case flax
    case exported
    case adapter
    case rust

    /// The files by the names that they have on the hub; the first that is there gives the advice.
    static let names: KeyValuePairs<String, ForeignWeights> = [
        "adapter_model.safetensors": .adapter, "adapter_model.bin": .adapter, "tf_model.h5": .tensorFlow,
        "flax_model.msgpack": .flax, "model.onnx": .exported, "onnx/model.onnx": .exported,
        "model_quantized.onnx": .exported, "onnx/model_quantized.onnx": .exported,
        "openvino_model.xml": .exported, "rust_model.ot": .rust,
    ]

    /// What to do about a directory that has nothing but such weights.
    ///
    /// - Parameter directory: the directory.
    /// - Returns: a sentence without its full stop.
    func advice(_ directory: String) -> String {
        let saved = "make a checkpoint of it with Python: "
        switch self {
        case .tensorFlow:
            return saved + CheckpointDirectory.saving(directory, to: directory, ", from_tf=True")
                + " (transformers below 5, with tensorflow)"
        case .flax:
            return saved + CheckpointDirectory.saving(directory, to: directory, ", from_flax=True")
                + " (transformers below 5, with flax)"
        case .adapter:
            let quoted = JSONText.quoted(directory)
            return saved + "from peft import AutoPeftModelForQuestionAnswering as M; "
                + "M.from_pretrained(\(quoted)).merge_and_unload().save_pretrained(\(quoted))"
        case .exported, .rust:
            return "take the checkpoint that they were made from: "
                + CheckpointDirectory.saving("NAME ON THE HUB", to: directory)
        }
    }
}
