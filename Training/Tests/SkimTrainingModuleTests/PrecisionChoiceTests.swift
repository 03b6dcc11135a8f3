import Foundation
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// bf16 is taken where it is fast, and where it is not that is said.
@Suite(.serialized)
struct PrecisionChoiceTests {
    /// What is taken, what is said, and whether anything is measured.
    private func outcome(
        _ choice: PrecisionChoice,
        isNative: Bool
    ) throws -> (precision: TrainingConfiguration.Precision, lines: [String], isMeasured: Bool) {
        var lines: [String] = []
        var isMeasured = false
        let precision = try choice.precision(
            isNative: isNative,
            slowdown: {
                isMeasured = true
                return 10.58
            },
            report: { lines.append($0) }
        )
        return (precision, lines, isMeasured)
    }

    @Test func autoTakesWhatTheProcessorMultiplies() throws {
        let (native, other) = (try outcome(.auto, isNative: true), try outcome(.auto, isNative: false))
        #expect(native.precision == .bf16 && other.precision == .f32)
        #expect(native.lines.count == 1 && native.lines[0].contains("bf16"))
        #expect(other.lines.count == 1 && other.lines[0].contains("f32"))
        #expect(!native.isMeasured && !other.isMeasured)
    }

    @Test func slowBFloat16IsWarnedAboutWithWhatItCosts() throws {
        let slow = try outcome(.bf16, isNative: false)
        #expect(slow.precision == .bf16 && slow.isMeasured)
        #expect(slow.lines.count == 1 && slow.lines[0].contains("takes 10.6 times as long"))
        let fast = try outcome(.bf16, isNative: true)
        #expect(fast.precision == .bf16 && fast.lines.isEmpty && !fast.isMeasured)
        #expect(try outcome(.f32, isNative: false).lines.isEmpty)
    }

    private func run(_ arguments: [String], instructions: String?) throws -> String {
        let process = Process()
        process.executableURL = TinyRun.program
        process.arguments = arguments
        process.environment = ["BLOCKSKIM_PYTHON": "/bin/true"]
        if let instructions { process.environment?["ONEDNN_MAX_CPU_ISA"] = instructions }
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        return said
    }

    @Test func theConfigurationRecordsWhatWasTaken() throws {
        let run = try TinyRun()
        let arguments = Array(run.arguments(output: run.output).dropLast(2)) + ["--epochs", "0.25"]
        let said = try self.run(arguments, instructions: "AVX2")
        #expect(said.contains("products in f32, since the processor has no products of bf16"))
        #expect(try TrainingConfiguration(run: run.output).precision == .f32)
        // A run goes on as it began, on whatever processor.
        _ = try self.run(arguments + ["--resume"], instructions: nil)

        let asked = run.path + "/asked"
        let explicit = Array(run.arguments(output: asked).dropLast()) + ["bf16", "--epochs", "0.25"]
        let warning = try self.run(explicit, instructions: "AVX2")
        let pattern = /one takes [0-9]+\.[0-9] times as long as in f32 here/
        #expect(warning.contains(pattern), "\(warning)")
        #expect(try TrainingConfiguration(run: asked).precision == .bf16)

        let usual = run.path + "/usual"
        _ = try self.run(
            Array(run.arguments(output: usual).dropLast(2)) + ["--epochs", "0.25"],
            instructions: nil
        )
        let wanted: TrainingConfiguration.Precision = Torch.multipliesBFloat16(on: .cpu) ? .bf16 : .f32
        #expect(try TrainingConfiguration(run: usual).precision == wanted)
    }
}
