import EncoderModule
import Foundation
import SafetensorsModule
import TestSupport
import Testing

@Suite struct CheckpointTests {
    /// Loads everything that a dense model has.
    private func load(
        linearInputs: Int? = nil,
        change: (inout [FormulaCheckpoint.Tensor]) -> Void
    ) throws {
        let directory = try FormulaCheckpoint(linearInputs: linearInputs, change: change)
        let checkpoint = try Checkpoint(directory: directory.path)
        _ = try EncoderWeights(checkpoint: checkpoint)
        _ = try SpanHeadWeights(checkpoint: checkpoint)
        try checkpoint.rejectUnusedTensors(except: ["block_skim."])
    }

    @Test func namesEveryMissingWeight() throws {
        let directory = try FormulaCheckpoint()
        let names = try Checkpoint(directory: directory.path).tensorNames
        #expect(names.count == 7 + 3 * 16)
        for name in names {
            #expect {
                try load { tensors in tensors.removeAll { $0.name == name } }
            } throws: { error in
                guard case .missingTensor(_, name) = error as? EncoderError else { return false }
                return true
            }
        }
    }

    @Test func namesAWeightOfTheWrongShape() throws {
        for (name, shape) in [("qa_outputs.weight", [32, 2]), ("bert.embeddings.LayerNorm.bias", [32, 1])] {
            #expect {
                try load { tensors in
                    for index in tensors.indices where tensors[index].name == name {
                        tensors[index].shape = shape
                    }
                }
            } throws: { error in
                guard case .wrongShape(_, name, shape, _) = error as? EncoderError else { return false }
                return true
            }
        }
    }

    @Test func namesATensorThatNothingUses() {
        #expect {
            try load { tensors in
                tensors.append(.init("encoder.predictions.bias", [100]))
                tensors.append(.init("bert.encoder.layer.3.output.dense.bias", [32]))
            }
        } throws: { error in
            guard case .unknownTensors(_, _, count: 2) = error as? EncoderError else { return false }
            return true
        }
    }

    @Test func passesOverKnownExtras() throws {
        try load(linearInputs: 160) { tensors in
            tensors.append(.init("bert.pooler.dense.weight", [32, 32]))
            tensors.append(.init("bert.pooler.dense.bias", [32]))
            tensors.append(.init("bert.embeddings.position_ids", [1, 64]))
        }
    }

    @Test(arguments: [
        "cls.predictions.transform.dense.weight", "cls.seq_relationship.bias", "lm_head.bias",
        "vocab_transform.weight", "predictions.decoder.weight", "classifier.weight", "fit_dense.weight",
        "fit_denses.2.bias", "discriminator_predictions.dense.bias", "bert.pooler.weight",
    ])
    func passesOverOtherHeads(name: String) throws {
        try load { $0.append(.init(name, [3])) }
    }

    @Test func loadsABareEncoderWithoutThePrefix() throws {
        let directory = try FormulaCheckpoint { tensors in
            tensors.removeAll { $0.name.hasPrefix("qa_outputs") }
            for index in tensors.indices { tensors[index].name.removeFirst("bert.".count) }
        }
        let checkpoint = try Checkpoint(directory: directory.path)
        _ = try EncoderWeights(checkpoint: checkpoint)
        try checkpoint.rejectUnusedTensors(except: [])
        #expect(throws: EncoderError.self) { try SpanHeadWeights(checkpoint: checkpoint) }
    }

    @Test func loadsTheNamesOfConvertedTensorFlowCheckpoints() throws {
        try load { tensors in
            for index in tensors.indices {
                let name = tensors[index].name
                tensors[index].name =
                    name
                    .replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma")
                    .replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta")
            }
        }
    }

    @Test func namesAMissingWeightsFile() throws {
        let directory = try FormulaCheckpoint()
        let path = directory.path + "/model.safetensors"
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: EncoderError.noWeights(directory: directory.path, found: [])) {
            try Checkpoint(directory: directory.path)
        }
    }

    @Test func namesWeightsThatAreIntegers() throws {
        let directory = try FormulaCheckpoint { tensors in
            tensors.removeAll { $0.name == "bert.embeddings.word_embeddings.weight" }
        }
        let path = directory.path + "/model.safetensors"
        let file = try SafetensorsFile(path: path)
        var writer = SafetensorsWriter()
        for name in file.tensorNames {
            let shape = try #require(file.info(named: name)).shape
            writer.append(name, shape: shape, floats: try file.floats(named: name))
        }
        writer.append(
            "bert.embeddings.word_embeddings.weight",
            shape: [100, 32],
            integers: Array(repeating: 0, count: 3200)
        )
        try writer.write(to: path)
        #expect {
            _ = try EncoderWeights(checkpoint: Checkpoint(directory: directory.path))
        } throws: { error in
            guard case .safetensors(.wrongElementType) = error as? EncoderError else { return false }
            return true
        }
    }

    @Test func readsRowsOfTheWordEmbeddingsOnDemand() throws {
        let directory = try FormulaCheckpoint()
        let name = "bert.embeddings.word_embeddings.weight"
        let table = try Checkpoint(directory: directory.path).table(name, rows: 100, width: 32)
        let all = FormulaWeights.tensor(name, shape: [100, 32])
        for row in [0, 57, 99] {
            #expect(try table.row(row) == Array(all[row * 32..<(row + 1) * 32]))
        }
        let copy = EmbeddingTable(values: all, rowCount: 100, width: 32)
        #expect(try copy.row(57) == table.row(57))
    }
}
