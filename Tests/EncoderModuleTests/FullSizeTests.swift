import EncoderModule
import Foundation
import SafetensorsModule
import TensorModule
import TestSupport
import Testing

/// Encoders of full size with random weights made on the spot, against Hugging Face: `Scripts/golden/full_size.py`.
@Suite(.serialized) struct FullSizeTests {
    static let python = ProcessInfo.processInfo.environment["BLOCKSKIM_PYTHON"]

    static let architectures = [
        "bert-base", "roberta-base", "albert-base", "distilbert-base", "mpnet-base", "deberta-v3-base",
        "minilm-l6",
        "bert-large",
        "roberta-large",
        "albert-large", "electra-small", "electra-base", "camembert-base", "xlm-roberta-base",
        "electra-large",
        "xlm-roberta-large",
    ]

    @Test(
        .enabled(
            if: python != nil,
            "BLOCKSKIM_PYTHON names no Python with torch and transformers; takes minutes"
        ),
        arguments: architectures
    )
    func spanLogitsEqualHuggingFace(architecture: String) throws {
        let directory = try ScratchDirectory()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Scripts/golden/full_size.py").standardizedFileURL.path
        process.arguments = [script, architecture, "384", directory.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        let golden = try SafetensorsFile(path: directory.file("golden.safetensors"))
        let ids = try golden.integers(named: "ids").map(Int32.init)
        let types = try golden.integers(named: "token_types").map(Int32.init)
        let checkpoint = try Checkpoint(directory: directory.path)
        #expect(
            EncoderConfiguration.architectures.first { $0.key == architecture }?.value
                == checkpoint.configuration
        )

        let encoder = try Encoder(checkpoint: checkpoint, workers: 2)
        let head = try SpanHeadWeights(checkpoint: checkpoint)
        try checkpoint.rejectUnusedTensors(except: [])
        let team = ThreadTeam(try #require(ThreadBudget(threads: 2)))
        let states = HiddenStates(encoder.configuration)
        try encoder.embed([(ids: ids, tokenTypes: types)], into: states, on: team)
        for layer in encoder.layers { try layer(states, attention: .discarded, on: team) }
        var logits = [Float](repeating: 0, count: ids.count * 2)
        try PackedLinear(head.outputs)(states.values, rows: ids.count, into: &logits, on: team)

        let start = stride(from: 0, to: logits.count, by: 2).map { logits[$0] }
        let end = stride(from: 1, to: logits.count, by: 2).map { logits[$0] }
        let (expectedStart, expectedEnd) = (
            try golden.floats(named: "start_logits"), try golden.floats(named: "end_logits")
        )
        // Largest errors observed: 4.6e-6 at base size, 2.4e-5 at large size, for logits of up to 1.8.
        #expect(difference(start, expectedStart, absolute: 5e-5, relative: 1e-5) == nil)
        #expect(difference(end, expectedEnd, absolute: 5e-5, relative: 1e-5) == nil)
    }
}
