import Foundation
import TestSupport
import Testing

/// The example in `Examples/Answer`, a package of its own as a user's is.
@Suite struct ExampleTests {
    static let isWanted = ProcessInfo.processInfo.environment["BLOCKSKIM_TEST_EXAMPLES"] == "1"

    @Test(.enabled(if: isWanted, "builds another package; make test sets BLOCKSKIM_TEST_EXAMPLES=1"))
    func exampleAnswersAQuestion() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        // With the default model, and with another.
        for arguments in [[], [checkpoint.path]] { try expectAnswer(arguments) }
    }

    private func expectAnswer(_ arguments: [String]) throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Examples/Answer").standardizedFileURL.path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "run", "--package-path", package, "Answer"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let fields = text.split(separator: "\n").last?.split(separator: " ") ?? []
        // The text may have spaces; the last three are start, end and score.
        let (start, end) = (Int(fields.dropLast(2).last ?? ""), Int(fields.dropLast().last ?? ""))
        #expect(try #require(start) < #require(end))
        #expect(try (0...1).contains(#require(fields.last.flatMap { Double($0) })))
    }
}
