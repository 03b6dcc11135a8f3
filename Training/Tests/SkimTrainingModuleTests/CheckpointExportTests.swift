import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import Testing

@testable import SkimTrainingModule

struct CheckpointExportTests {
    private let run: TinyRun
    init() throws {
        run = try TinyRun()
        var options = run.options
        options.checkpointEvery = 3
        options.keptCheckpoints = 10
        _ = try Trainer(run.configuration, options: options).run()
    }

    private func export(step: Int?, _ name: String, withoutBlockSkim: Bool = false) throws -> String {
        let output = "\(run.path)/\(name)"
        _ = try CheckpointExport(
            run: run.output,
            step: step,
            output: output,
            withoutBlockSkim: withoutBlockSkim,
            precision: .f32
        ).write()
        return output
    }

    private func weights(_ model: String) throws -> Data {
        try Data(contentsOf: URL(filePath: model + "/model.safetensors"))
    }

    @Test func theLastCheckpointIsTheModelOfTheRunAndAnEarlierOneIsNot() throws {
        let last = try export(step: nil, "last")
        let isEqual = try weights(last) == weights(run.output + "/model")
        #expect(isEqual)
        let early = try export(step: 3, "early")
        let isOther = try weights(early) != weights(last)
        #expect(isOther)
        #expect(try String(contentsOfFile: last + "/README.md", encoding: .utf8).contains("SHA-256"))
        #expect(
            try String(contentsOfFile: early + "/README.md", encoding: .utf8).contains("Nothing was measured")
        )
    }

    @Test func withoutTheModulesItIsADenseModel() throws {
        let dense = try export(step: nil, "dense", withoutBlockSkim: true)
        let names = try SafetensorsFile(path: dense + "/model.safetensors").tensorNames
        #expect(!names.isEmpty && !names.contains { $0.hasPrefix("block_skim.") })
        #expect(!FileManager.default.fileExists(atPath: dense + "/blockskim.json"))
        _ = try QuestionAnswerer(model: dense)
    }

    @Test func stepsThatAreNotThereAndDirectoriesThatAreFullAreNamed() throws {
        let missing = try #require(throws: TrainingError.self) { try export(step: 5, "five") }
        #expect("\(missing)".contains("step 5; there is 3, 6, 8"))
        let taken = try #require(throws: TrainingError.self) { try export(step: 3, "run") }
        #expect("\(taken)".contains("not empty"))
        #expect(throws: TrainingError.self) {
            _ = try CheckpointExport(
                run: run.path + "/nowhere",
                step: nil,
                output: run.path + "/x",
                withoutBlockSkim: false,
                precision: .f32
            ).write()
        }
    }
}
