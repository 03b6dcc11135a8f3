import EncoderModule
import Foundation
import SafetensorsModule
import TorchModule

/// Writes a model as a checkpoint directory in Hugging Face's layout, which the inference package loads.
struct ModelExport {
    /// How the encoder's weights are stored; those of the block classifiers stay in 32 bits.
    var elementType: FloatingPointElementType = .f32
    /// Whether the block classifiers stay behind, so that the model is dense.
    var withoutBlockSkim = false

    /// The files of a checkpoint that say how it tokenises: they are copied as they are.
    static let tokenizerFiles = [
        "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt", "spiece.model",
        "spm.model",
        "sentencepiece.bpe.model", "special_tokens_map.json", "added_tokens.json",
    ]

    /// Writes all files into a directory, which is made if needed.
    ///
    /// - Throws: `unwritable`, `unreadable`, `safetensors`, `torch`.
    func write(_ model: SkimmingModel, to directory: String) throws(TrainingError) {
        let source = model.configuration.model
        try RunDirectory.make(directory)
        try writeConfiguration(
            from: source,
            to: directory,
            architecture: model.encoder.configuration.family.className
        )
        for name in Self.tokenizerFiles where FileManager.default.fileExists(atPath: source + "/" + name) {
            let data = try RunDirectory.read(source + "/" + name)
            try RunDirectory.write(data, to: directory + "/" + name)
        }
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        try TrainingError.wrapping {
            for entry in model.parameters.entries
            where !withoutBlockSkim || !SkimmingModel.isClassifierWeight(entry.name) {
                let isClassifier = SkimmingModel.isClassifierWeight(entry.name)
                writer.append(entry.name, entry.tensor, as: isClassifier ? .f32 : elementType)
            }
            try writer.write(to: directory + "/model.safetensors")
        }
        let skim = directory + "/blockskim.json"
        guard model.configuration.classifier != .none, !withoutBlockSkim else {
            if FileManager.default.fileExists(atPath: skim) { try RunDirectory.remove(skim) }
            return
        }
        let settings = model.skimming
        // Files of the Block Skim Module do without the key, as those of older versions.
        let classifier =
            settings.classifier == .module ? "" : "\n  \"classifier\": \"\(settings.classifier.rawValue)\","
        let text = """
            {
              "version": 1,\(classifier)
              "block_size": \(settings.blockSize),
              "block_layout": "\(settings.blockLayout.rawValue)",
              "attention_region": "\(settings.attentionRegion.rawValue)",
              "state_channels": \(settings.stateChannels),
              "skim_layers": \(settings.skimLayers),
              "skip_threshold": \(model.configuration.skipThreshold),
              "skipped_positions": "\(settings.policy.skippedPositions.rawValue)",
              "minimum_kept_blocks": \(settings.policy.minimumKeptBlocks)
            }

            """
        try RunDirectory.write(Data(text.utf8), to: skim)
    }

    /// The checkpoint's own `config.json`, with the architecture that it now has.
    private func writeConfiguration(
        from source: String,
        to directory: String,
        architecture: String
    ) throws(TrainingError) {
        let path = source + "/config.json"
        let data = try RunDirectory.read(path)
        guard var object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw .unreadable(path: path, reason: "it is not a JSON object")
        }
        object["architectures"] = [architecture + "ForQuestionAnswering"]
        let name = elementType == .f32 ? "float32" : elementType == .bf16 ? "bfloat16" : "float16"
        object.removeValue(forKey: "torch_dtype")
        object["dtype"] = name
        let text = try TrainingError.wrapping {
            try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
        }
        try RunDirectory.write(text, to: directory + "/config.json")
    }
}

extension SafetensorsWriter {
    /// Appends a tensor, whose elements are fetched when they are written.
    mutating func append(_ name: String, _ tensor: Tensor, as elementType: FloatingPointElementType = .f32) {
        append(name, shape: tensor.shape, as: elementType) { () throws(SafetensorsError) in
            do {
                return try tensor.floats()
            } catch {
                throw .unwritable(file: name, step: "fetch", reason: "\(error)")
            }
        }
    }
}
