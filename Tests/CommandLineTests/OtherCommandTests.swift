import Foundation
import TensorModule
import TestSupport
import Testing

@Suite struct OtherCommandTests {
    let checkpoint: FormulaCheckpoint

    init() throws { checkpoint = try FormulaCheckpoint.skimming() }

    private func run(_ arguments: [String], input: String = "") throws -> CommandRun {
        let run = try CommandRun(arguments, input: Data(input.utf8))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        return run
    }

    @Test func tokenizesEveryLineByItself() throws {
        let arguments = ["tokenize", "--model", checkpoint.path, "--file", "-"]
        let lines = try run(arguments, input: "Ab, c\n\n\u{E9}x\u{1F600}a").output.split(separator: "\n")
        let objects = try lines.map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: [Any]]
        }
        let tokens = objects.map { $0?["tokens"] as? [String] }
        #expect(tokens == [["a", "##b", ",", "c"], [], ["[UNK]"]])
        #expect(objects[0]?["offsets"] as? [[Int]] == [[0, 1], [1, 2], [2, 3], [4, 5]])
        #expect(objects[2]?["offsets"] as? [[Int]] == [[0, 4]])
        #expect(objects[0]?["ids"]?.count == 4)
    }

    @Test func inspectShowsShapeAndSkimSettings() throws {
        let object = try run(["inspect", "--model", checkpoint.path, "--format", "json"]).json()
        #expect(object["layers"] as? Int == 3)
        #expect(object["hidden"] as? Int == 32)
        #expect(object["blockSkimLayers"] as? [Int] == [1, 2, 3])
        // Embeddings (100 + 64 + 2) · 32 + 64, three layers of 8,544, the head 66.
        #expect(object["parameters"] as? Int == 166 * 32 + 64 + 3 * 8544 + 66)
        // A layer's matrices are four of 32 · 32 and two of 32 · 64, its outputs 5 · 32 + 64, its vectors 8,544 less the matrices.
        let (matrices, outputs) = (4 * 1024 + 2 * 2048, 5 * 32 + 64)
        let vectors = 8544 - matrices
        #expect(
            object["weightBytes"] as? [String: Int] == [
                "f32": 4 * 3 * 8544, "bf16": 3 * (2 * matrices + 4 * vectors),
                "int8": 3 * (matrices + 4 * outputs + 4 * vectors),
            ]
        )
        #expect((object["skim"] as? [String: Any])?["blockSize"] as? Int == 4)
        #expect((object["skim"] as? [String: Any])?["stateChannels"] as? Int == 0)
        // What the processor decides is not in the snapshot.
        let lines = try run(["inspect", "--model", checkpoint.path]).output.split(separator: "\n")
        let portable = lines.filter { !$0.hasPrefix("loaded as") && !$0.hasPrefix("products of") }
        #expect(lines.count == portable.count + 4)
        try expectSnapshot(portable.joined(separator: "\n") + "\n", "inspect.txt")
    }

    @Test(arguments: Precision.allCases) func inspectSaysWhatMultiplies(_ format: Precision) throws {
        let precision = format.rawValue
        let arguments = ["inspect", "--model", checkpoint.path, "--precision", precision, "--format", "json"]
        let object = try run(arguments).json()
        #expect(object["precision"] as? String == precision)
        // At least the numbers themselves: four matrices of 32 · 32 and two of 32 · 64 in each of three layers.
        let numbers = 3 * (4 * 1024 + 2 * 2048) * (["f32": 4, "bf16": 2, "int8": 1][precision] ?? 0)
        #expect(try #require(object["loadedBytes"] as? Int) >= numbers)
        let products = try #require(object["products"] as? [[String: String]])
        #expect(products.map { $0["kind"] } == ["weights", "attention", "convolutions"])
        let attention = HeadAttention.rounds(in: format) ? "bf16" : "f32"
        #expect(products.map { $0["precision"] } == [precision, attention, "f32"])
        #expect(
            products.allSatisfy { $0["library"]?.isEmpty == false && $0["instructionSet"]?.isEmpty == false }
        )
    }

    /// What answering refuses, inspecting refuses: a tokenizer that cannot be read, and tensors that nothing uses.
    @Test func inspectRefusesWhatCannotAnswer() throws {
        let broken = try FormulaCheckpoint.answering(.bert, .tokenizerJSON)
        try Data("{}".utf8).write(to: URL(filePath: broken.path + "/tokenizer.json"))
        let further = try FormulaCheckpoint {
            $0.append(.init("bert.encoder.layer.3.output.dense.bias", [32]))
        }
        try TinyVocabulary.write(to: further.path)
        for (checkpoint, mention) in [(broken, "tokenizer.json"), (further, "bert.encoder.layer.3")] {
            let run = try CommandRun(["inspect", "--model", checkpoint.path])
            #expect(run.status == 1 && run.errors.contains(mention), "\(run.errors)")
        }
    }

    /// The layer that ALBERT runs three times is in memory once.
    @Test func inspectCountsASharedLayerOnce() throws {
        let albert = try FormulaCheckpoint.answering(.albert, .vocabularyFiles)
        let object = try run(["inspect", "--model", albert.path, "--format", "json"]).json()
        #expect(object["layers"] as? Int == 3 && object["family"] as? String == "albert")
        #expect((object["weightBytes"] as? [String: Int])?["f32"] == 4 * 8544)
    }

    @Test func benchmarkReportsBothBaselinesAndThePrediction() throws {
        let arguments = [
            "benchmark", "--model", checkpoint.path, "--length", "40", "--padded-length", "64", "--runs", "2",
            "--skim-layer", "2", "--keep-fraction", "0.9", "--threads", "1", "--format", "json",
        ]
        let object = try run(arguments).json()
        func number(_ key: String) throws -> Double { try #require(object[key] as? Double, "\(key)") }
        let (dense, padded) = (try number("denseMilliseconds"), try number("densePaddedMilliseconds"))
        let skim = try number("skimMilliseconds")
        #expect(try abs(number("measuredSpeedup") - dense / skim) < 1e-9)
        #expect(try abs(number("measuredSpeedupOverPadded") - padded / skim) < 1e-9)
        let kept = try number("keptFraction")
        #expect(try abs(number("predictedSpeedup") - 1 / (1 - (1 - 2.0 / 3) * (1 - kept))) < 1e-9)
        #expect(try number("gflops") > 0)
        #expect(object["length"] as? Int == 40 && object["threads"] as? Int == 1)
        #expect(object["precision"] as? String == "f32")
        let denseOnly = try run([
            "benchmark", "--model", checkpoint.path, "--length", "8", "--runs", "1", "--dense",
        ])
        #expect(!denseOnly.output.contains("skimming"))
    }

    @Test func benchmarkAnswersRounds() throws {
        let arguments = ["benchmark", "--model", checkpoint.path, "--length", "8", "--rounds-from-stdin"]
        let lines = try run(arguments, input: "2\n1\n").output.split(separator: "\n")
        #expect(lines.first == "ready")
        let rounds = try lines.dropFirst().map {
            try JSONDecoder().decode([Double].self, from: Data($0.utf8))
        }
        #expect(rounds.map(\.count) == [2, 1])
    }
}
