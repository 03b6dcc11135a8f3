import SafetensorsModule

/// A checkpoint directory with formula weights, removed when the object goes away.
package final class FormulaCheckpoint: Sendable {
    /// The shape of the tiny encoder that all golden files are made with.
    package struct Sizes: Sendable {
        package var layers = 3
        package var hidden = 32
        package var heads = 4
        package var intermediate = 64
        package var vocabulary = 100
        package var positions = 64
        package var tokenTypes = 2
        package init() {}
    }

    /// One tensor of the weights file.
    package struct Tensor: Sendable {
        package var name: String
        package var shape: [Int]
        package init(_ name: String, _ shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    /// The directory's path.
    package var path: String { directory.path }
    private let directory: ScratchDirectory

    /// Writes a checkpoint.
    ///
    /// - Parameters:
    ///   - sizes: the encoder's shape.
    ///   - activation: `hidden_act`.
    ///   - linearInputs: the inputs of the linear layer of the Block Skim Modules; nil for a dense checkpoint.
    ///   - configuration: entries to add to `config.json` or to replace there, as JSON; nil removes the entry.
    ///   - skim: the text of `blockskim.json`, if there is to be one.
    ///   - change: changes the list of tensors before their weights are computed.
    /// - Throws: what writing files throws.
    package init(
        sizes: Sizes = Sizes(),
        activation: String = "gelu",
        linearInputs: Int? = nil,
        configuration: [String: String?] = [:],
        skim: String? = nil,
        change: (inout [Tensor]) -> Void = { _ in }
    ) throws {
        directory = try ScratchDirectory()

        var entries: [String: String?] = [
            "model_type": "\"bert\"", "num_hidden_layers": "\(sizes.layers)",
            "hidden_size": "\(sizes.hidden)",
            "num_attention_heads": "\(sizes.heads)", "intermediate_size": "\(sizes.intermediate)",
            "vocab_size": "\(sizes.vocabulary)", "max_position_embeddings": "\(sizes.positions)",
            "type_vocab_size": "\(sizes.tokenTypes)", "layer_norm_eps": "1e-12",
            "position_embedding_type": "\"absolute\"", "hidden_act": "\"\(activation)\"",
        ]
        entries.merge(configuration) { $1 }
        let lines = entries.compactMap { key, value in value.map { "\"\(key)\": \($0)" } }
        try directory.write(Array("{\(lines.joined(separator: ", "))}".utf8), to: "config.json")
        if let skim { try directory.write(Array(skim.utf8), to: "blockskim.json") }

        var tensors = Self.encoder(sizes)
        if let linearInputs {
            for layer in 0..<sizes.layers {
                tensors += Self.blockSkim(layer: layer, heads: sizes.heads, linearInputs: linearInputs)
            }
        }
        change(&tensors)
        var writer = SafetensorsWriter()
        for tensor in tensors {
            writer.append(
                tensor.name,
                shape: tensor.shape,
                floats: FormulaWeights.tensor(tensor.name, shape: tensor.shape)
            )
        }
        try writer.write(to: directory.file("model.safetensors"))
    }

    private static func encoder(_ sizes: Sizes) -> [Tensor] {
        let (hidden, inner) = (sizes.hidden, sizes.intermediate)
        var tensors = [
            Tensor("bert.embeddings.word_embeddings.weight", [sizes.vocabulary, hidden]),
            Tensor("bert.embeddings.position_embeddings.weight", [sizes.positions, hidden]),
            Tensor("bert.embeddings.token_type_embeddings.weight", [sizes.tokenTypes, hidden]),
            Tensor("bert.embeddings.LayerNorm.weight", [hidden]),
            Tensor("bert.embeddings.LayerNorm.bias", [hidden]),
            Tensor("qa_outputs.weight", [2, hidden]), Tensor("qa_outputs.bias", [2]),
        ]
        for layer in 0..<sizes.layers {
            let name = "bert.encoder.layer.\(layer)."
            let linears = [
                ("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                ("intermediate.dense", inner, hidden), ("output.dense", hidden, inner),
            ]
            for (part, outputs, inputs) in linears {
                tensors.append(Tensor("\(name)\(part).weight", [outputs, inputs]))
                tensors.append(Tensor("\(name)\(part).bias", [outputs]))
            }
            for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
                tensors.append(Tensor("\(name)\(part).weight", [hidden]))
                tensors.append(Tensor("\(name)\(part).bias", [hidden]))
            }
        }
        return tensors
    }

    private static func blockSkim(layer: Int, heads: Int, linearInputs: Int) -> [Tensor] {
        let name = "block_skim.layers.\(layer)."
        var tensors: [Tensor] = []
        for (part, side) in [("conv1", 3), ("conv2", 3), ("conv3", 1)] {
            tensors.append(Tensor("\(name)\(part).weight", [heads, heads, side, side]))
            tensors.append(Tensor("\(name)\(part).bias", [heads]))
        }
        for norm in ["bn1", "bn2"] {
            for part in ["weight", "bias", "running_mean", "running_var"] {
                tensors.append(Tensor("\(name)\(norm).\(part)", [heads]))
            }
        }
        tensors.append(Tensor("\(name)linear.weight", [2, linearInputs]))
        tensors.append(Tensor("\(name)linear.bias", [2]))
        return tensors
    }
}
