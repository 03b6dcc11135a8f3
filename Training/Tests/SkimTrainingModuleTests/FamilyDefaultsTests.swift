import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct FamilyDefaultsTests {
    @Test func albertHasASmallerAlphaAndAHigherRate() throws {
        let checkpoints = (try TinyTokenizer.checkpoint(.albert), try TinyTokenizer.checkpoint(.bert))
        try withExtendedLifetime(checkpoints) {
            let (albert, bert) = (
                try FamilyDefaults(model: checkpoints.0.path), try FamilyDefaults(model: checkpoints.1.path)
            )
            #expect(albert.alpha == 0.05 && albert.learningRate == 5e-5)
            #expect(bert.alpha == 1 && bert.learningRate == 3e-5)
        }
    }

    @Test func theProgramTakesThemUnlessFlagsSayOtherwise() throws {
        let run = try TinyRun(family: .albert)
        func configuration(_ name: String, _ extra: [String]) throws -> TrainingConfiguration {
            let output = run.path + "/" + name
            let process = Process()
            process.executableURL = TinyRun.program
            process.arguments =
                [
                    "train", "--model", run.path, "--train", run.data, "--output", output, "--max-length",
                    "48", "--overlap", "4", "--block-size", "4", "--batch-size", "4", "--epochs", "0.25",
                    "--threads", "1",
                ] + extra
            process.environment = ["BLOCKSKIM_PYTHON": "/bin/true"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return try TrainingConfiguration(run: output)
        }
        let usual = try configuration("usual", [])
        #expect(usual.alpha == 0.05 && usual.learningRate == 5e-5)
        let given = try configuration("given", ["--alpha", "0.5", "--learning-rate", "0.001"])
        #expect(given.alpha == 0.5 && given.learningRate == 1e-3)
    }
}
