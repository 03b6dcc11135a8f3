import Foundation
import Testing

/// The texts of `--help`, recorded anew with `RECORD_SNAPSHOTS=1`.
@Suite struct HelpTests {
    @Test(arguments: [
        "", "train", "search", "teach", "documents", "export", "calibrate", "calibrate-reading", "study",
        "benchmark",
    ])
    func helpIsAsRecorded(command: String) throws {
        let process = Process()
        process.executableURL = TinyRun.program
        process.arguments = (command.isEmpty ? [] : [command]) + ["--help"]
        process.environment = ["COLUMNS": "100"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)

        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/help-\(command.isEmpty ? "root" : command).txt")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try text.write(to: fixture, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: fixture, encoding: .utf8) == text)
    }

    @Test(arguments: [
        ["train", "--nonsense"], ["train"], ["calibrate"], ["teach"], ["sing"],
        ["train", "--model", "m", "--train", "t", "--output", "o", "--resume", "--overwrite"],
        ["train", "--model", "m", "--train", "t", "--output", "o", "--log-every", "0"],
        ["train", "--model", "m", "--train", "t"], ["documents", "d"], ["documents", "--output", "o"],
        ["documents", "d", "--output", "o", "--whole-articles", "--passages", "3"],
        ["documents", "d", "--output", "o", "--order", "best"],
        ["calibrate", "--model", "m", "--dev", "d", "--only-skimming", "--only-precisions"],
        ["calibrate", "--model", "m", "--dev", "d", "--precision", "fp16"],
    ])
    func wrongUsageEndsWith64(arguments: [String]) throws {
        let process = Process()
        process.executableURL = TinyRun.program
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 64)
        #expect(String(decoding: said, as: UTF8.self).hasPrefix("Error: "))
    }
}
