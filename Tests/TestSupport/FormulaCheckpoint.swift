import Foundation
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
    ///   - family: the encoder's family.
    ///   - activation: `hidden_act`; other families than BERT and RoBERTa have their own.
    ///   - linearInputs: the inputs of the linear layer of the Block Skim Modules; nil for a dense checkpoint.
    ///   - stateChannels: the channels of hidden states that those modules pool.
    ///   - configuration: entries to add to `config.json` or to replace there, as JSON; nil removes the entry.
    ///   - skim: the text of `blockskim.json`, if there is to be one.
    ///   - change: changes the list of tensors before their weights are computed.
    /// - Throws: what writing files throws.
    package init(
        sizes: Sizes = Sizes(),
        family: FormulaFamily = .bert,
        activation: String = "gelu",
        linearInputs: Int? = nil,
        stateChannels: Int = 0,
        configuration: [String: String?] = [:],
        skim: String? = nil,
        change: (inout [Tensor]) -> Void = { _ in }
    ) throws {
        directory = try ScratchDirectory()

        var entries: [String: String?] = [
            "model_type": "\"\(family.name)\"", "num_hidden_layers": "\(sizes.layers)",
            "hidden_size": "\(sizes.hidden)",
            "num_attention_heads": "\(sizes.heads)", "intermediate_size": "\(sizes.intermediate)",
            "vocab_size": "\(sizes.vocabulary)", "max_position_embeddings": "\(sizes.positions)",
            "type_vocab_size": "\(sizes.tokenTypes)", "layer_norm_eps": "1e-12",
            "position_embedding_type": "\"absolute\"", "hidden_act": "\"\(activation)\"",
        ]
        entries.merge(family.entries(sizes)) { $1 }
        entries.merge(configuration) { $1 }
        let lines = entries.compactMap { key, value in value.map { "\"\(key)\": \($0)" } }
        try directory.write(Array("{\(lines.joined(separator: ", "))}".utf8), to: "config.json")
        if let skim { try directory.write(Array(skim.utf8), to: "blockskim.json") }

        var tensors = Self.encoder(sizes, family)
        if let linearInputs {
            for layer in 0..<sizes.layers {
                tensors += Self.blockSkim(layer: layer, heads: sizes.heads, linearInputs: linearInputs)
                if stateChannels > 0 {
                    tensors += Self.states(layer: layer, hidden: sizes.hidden, channels: stateChannels)
                }
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

    /// Puts `pytorch_model.bin` in the place of `model.safetensors`.
    ///
    /// - Throws: what reading and writing files throws.
    package func pickleWeights() throws {
        let path = directory.file("model.safetensors")
        let file = try SafetensorsFile(path: path)
        var writer = TorchFileWriter()
        for name in file.tensorNames {
            writer.append(
                name,
                shape: file.info(named: name)?.shape ?? [],
                floats: try file.floats(named: name)
            )
        }
        try directory.write(writer.bytes, to: "pytorch_model.bin")
        try FileManager.default.removeItem(atPath: path)
    }

    /// All tensors of an encoder of a family with a question-answering head.
    private static func encoder(_ sizes: Sizes, _ family: FormulaFamily) -> [Tensor] {
        let (hidden, inner) = (sizes.hidden, sizes.intermediate)
        let width = family.embeddingSize ?? hidden
        let prefix = family.prefix ?? family.name
        let embeddings = "\(prefix).embeddings."
        var tensors = [
            Tensor("\(embeddings)word_embeddings.weight", [sizes.vocabulary, width]),
            Tensor("\(embeddings)LayerNorm.weight", [width]), Tensor("\(embeddings)LayerNorm.bias", [width]),
            Tensor("qa_outputs.weight", [2, hidden]), Tensor("qa_outputs.bias", [2]),
        ]
        if let rows = family.relativeRows {
            tensors += [
                Tensor("\(prefix).encoder.rel_embeddings.weight", [rows, hidden]),
                Tensor("\(prefix).encoder.LayerNorm.weight", [hidden]),
                Tensor("\(prefix).encoder.LayerNorm.bias", [hidden]),
            ]
        } else {
            let rows = sizes.positions + family.extraPositions
            tensors.append(Tensor("\(embeddings)position_embeddings.weight", [rows, width]))
        }
        let types = family.tokenTypes ?? sizes.tokenTypes
        if types > 0 {
            tensors.append(Tensor("\(embeddings)token_type_embeddings.weight", [types, width]))
        }
        func linear(_ name: String, outputs: Int, inputs: Int) -> [Tensor] {
            [Tensor("\(name).weight", [outputs, inputs]), Tensor("\(name).bias", [outputs])]
        }
        if let projection = family.projection {
            tensors += linear("\(prefix).\(projection)", outputs: hidden, inputs: width)
        }
        if let bias = family.relativeBias {
            tensors.append(Tensor("\(family.name).\(bias)", [32, sizes.heads]))
        }
        for layer in 0..<(family.layers ?? sizes.layers) {
            let name = "\(prefix).\(family.layerPrefix)\(layer)."
            for part in family.attention { tensors += linear(name + part, outputs: hidden, inputs: hidden) }
            tensors += linear(name + family.feedForward[0], outputs: inner, inputs: hidden)
            tensors += linear(name + family.feedForward[1], outputs: hidden, inputs: inner)
            for part in family.norms {
                tensors += [
                    Tensor("\(name)\(part).weight", [hidden]), Tensor("\(name)\(part).bias", [hidden]),
                ]
            }
        }
        return tensors
    }

    private static func states(layer: Int, hidden: Int, channels: Int) -> [Tensor] {
        let name = "block_skim.layers.\(layer).state_"
        return [
            Tensor("\(name)projection.weight", [channels, hidden]),
            Tensor("\(name)projection.bias", [channels]),
            Tensor("\(name)linear.weight", [2, 4 * channels]), Tensor("\(name)linear.bias", [2]),
        ]
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
