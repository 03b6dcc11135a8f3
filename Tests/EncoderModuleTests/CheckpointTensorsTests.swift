import Foundation
import SafetensorsModule
import TestSupport
import Testing

@testable import EncoderModule

/// Weights in one file or in several, and directories that have none.
@Suite struct CheckpointTensorsTests {
    private static let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]

    /// Spreads the weights of a checkpoint over two files.
    ///
    /// - Parameters:
    ///   - directory: the checkpoint's.
    ///   - asPickles: whether they become files of `torch.save`.
    ///   - change: changes the file name of each tensor in the index.
    /// - Throws: what reading and writing files throws.
    private func split(
        _ directory: String,
        asPickles: Bool = false,
        _ change: (inout [String: String]) -> Void = { _ in }
    ) throws {
        let path = directory + "/model.safetensors"
        let file = try SafetensorsFile(path: path)
        var map: [String: String] = [:]
        for (shard, shardName) in Self.shards.enumerated() {
            let name = asPickles ? "pytorch_model-\(shard).bin" : shardName
            var (writer, pickles) = (SafetensorsWriter(), TorchFileWriter())
            for (index, tensor) in file.tensorNames.enumerated() where index % 2 == shard {
                let shape = try #require(file.info(named: tensor)).shape
                let floats = try file.floats(named: tensor)
                writer.append(tensor, shape: shape, floats: floats)
                pickles.append(tensor, shape: shape, floats: floats)
                map[tensor] = name
            }
            if asPickles {
                try Data(pickles.bytes).write(to: URL(filePath: directory + "/" + name))
            } else {
                try writer.write(to: directory + "/" + name)
            }
        }
        change(&map)
        let object: [String: Any] = ["weight_map": map, "metadata": ["total_size": 1]]
        let index = try JSONSerialization.data(withJSONObject: object)
        let indexPath = asPickles ? directory + "/pytorch_model.bin.index.json" : path + ".index.json"
        try index.write(to: URL(filePath: indexPath))
        try FileManager.default.removeItem(atPath: path)
    }

    private func load(_ directory: String) throws {
        let checkpoint = try Checkpoint(directory: directory)
        _ = try EncoderWeights(checkpoint: checkpoint)
        _ = try SpanHeadWeights(checkpoint: checkpoint)
        try checkpoint.rejectUnusedTensors(except: [])
    }

    @Test(arguments: [false, true]) func readsShards(asPickles: Bool) throws {
        let (whole, sharded) = (try FormulaCheckpoint(), try FormulaCheckpoint())
        try split(sharded.path, asPickles: asPickles)
        try load(sharded.path)
        let (expected, found) = (
            try CheckpointTensors(directory: whole.path), try CheckpointTensors(directory: sharded.path)
        )
        #expect(found.names.sorted() == expected.names.sorted())
        for name in expected.names { #expect(try found.floats(name) == expected.floats(name)) }
    }

    @Test func readsFilesOfTorchWhereThereIsNoOther() throws {
        let (whole, pickled) = (try FormulaCheckpoint(), try FormulaCheckpoint())
        try pickled.pickleWeights()
        try load(pickled.path)
        let (expected, found) = (
            try CheckpointTensors(directory: whole.path), try CheckpointTensors(directory: pickled.path)
        )
        #expect(found.path.hasSuffix("/pytorch_model.bin") && found.names.sorted() == expected.names.sorted())
        for name in expected.names { #expect(try found.floats(name) == expected.floats(name)) }
        let table = "bert.embeddings.word_embeddings.weight"
        let row = try Checkpoint(directory: pickled.path).table(table, rows: 100, width: 32).row(57)
        #expect(try row == Array(expected.floats(table)[57 * 32..<58 * 32]))

        // Where there are both, the other form is read.
        try Data([1]).write(to: URL(filePath: whole.path + "/pytorch_model.bin"))
        try load(whole.path)
    }

    /// What is changed in the index, and what the error says.
    @Test(arguments: [
        (0, "holds \"qa_outputs.bias\", which it does not list"),
        (1, "holds \"nothing\", which it does not"),
        (2, "\"../model.safetensors\" is no name of a file beside it"),
    ])
    func namesWhatTheIndexGetsWrong(change: Int, problem: String) throws {
        let directory = try FormulaCheckpoint()
        try split(directory.path) { map in
            switch change {
            case 0: map["qa_outputs.bias"] = nil
            case 1: map["nothing"] = Self.shards[0]
            default: map["nothing"] = "../model.safetensors"
            }
        }
        #expect { try load(directory.path) } throws: { error in
            guard case .invalidIndex? = error as? EncoderError else { return false }
            return "\(error)".contains(problem)
        }
    }

    @Test func namesAMissingShard() throws {
        let directory = try FormulaCheckpoint()
        try split(directory.path)
        let shard = directory.path + "/" + Self.shards[1]
        try FileManager.default.removeItem(atPath: shard)
        #expect(throws: EncoderError.safetensors(.fileMissing(file: shard))) { try load(directory.path) }
    }

    /// Elements that are not read matter only where they are needed.
    @Test(arguments: ["BOOL", "I32", "F64", "I8"])
    func passesOverElementsThatNobodyNeeds(type: String) throws {
        let directory = try FormulaCheckpoint()
        let path = directory.path + "/model.safetensors"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let length = Int(bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        let end = (bytes.count - 8 - length)
        let size = type == "F64" ? 8 : type == "I32" ? 4 : 1
        let entry =
            ",\"bert.embeddings.position_ids\":{\"dtype\":\"\(type)\",\"shape\":[2],"
            + "\"data_offsets\":[\(end),\(end + 2 * size)]}}"
        let header = bytes[8..<8 + length].prefix { $0 != 0 }
        let open = try #require(header.lastIndex(of: UInt8(ascii: "}")))
        let text = Array(bytes[8..<open]) + Array(entry.utf8)
        let count = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        bytes = count + text + Array(bytes[(8 + length)...]) + [UInt8](repeating: 0, count: 2 * size)
        try Data(bytes).write(to: URL(filePath: path))
        try load(directory.path)
    }

    @Test(arguments: [
        ("tf_model.h5", "from_tf=True"), ("flax_model.msgpack", "from_flax=True"),
        ("model.onnx", "take the checkpoint that they were made from"),
        ("rust_model.ot", "take the checkpoint that they were made from"),
        ("adapter_model.safetensors", "AutoPeftModelForQuestionAnswering"),
    ])
    func namesWeightsOfAnotherForm(file: String, advice: String) throws {
        let directory = try FormulaCheckpoint()
        try FileManager.default.removeItem(atPath: directory.path + "/model.safetensors")
        try Data([1]).write(to: URL(filePath: directory.path + "/" + file))
        #expect { try load(directory.path) } throws: { error in
            guard case .noWeights(_, [file])? = error as? EncoderError else { return false }
            let text = "\(error)"
            return text.contains("only \(file),") && text.contains(advice)
                && text.contains("save_pretrained(") && !text.contains("\n")
        }
    }

    @Test func namesAPointerOfGitLFS() throws {
        let directory = try FormulaCheckpoint()
        let path = directory.path + "/model.safetensors"
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 496254442\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(throws: EncoderError.safetensors(.largeFilePointer(file: path))) { try load(directory.path) }
    }

    @Test func namesAHubNameAndTheHubsCache() throws {
        #expect { try load("deepset/roberta-base-squad2") } throws: { error in
            guard case .notACheckpoint? = error as? EncoderError else { return false }
            return "\(error)".contains("from_pretrained(\"deepset/roberta-base-squad2\").save_pretrained(")
        }
        let cache = try ScratchDirectory()
        for folder in ["refs", "snapshots/abc"] {
            try FileManager.default.createDirectory(
                atPath: cache.file(folder),
                withIntermediateDirectories: true
            )
        }
        try cache.write(Array("abc".utf8), to: "refs/main")
        #expect { try load(cache.path) } throws: { error in
            "\(error)".hasSuffix("give \(cache.path)/snapshots/abc")
        }
    }
}
