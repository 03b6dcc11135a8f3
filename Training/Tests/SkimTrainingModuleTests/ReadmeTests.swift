import Foundation
import Testing
import TrainingTestSupport

/// The commands of the README run as they are printed, one after the other in one directory.
///
/// The directory stands for `Training/`: it has the built program, a tiny model and small data under the printed names.
@Suite struct ReadmeTests {
    private static let program = ".build/release/blockskim-train"

    /// The lines of the README's code blocks, those that end with a backslash joined with the next.
    private func lines() throws -> [String] {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let blocks = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "\n```")
        // Text and code take turns.
        return blocks.indices.filter { !$0.isMultiple(of: 2) }.flatMap { index in
            blocks[index].replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n").map(String.init)
        }
    }

    /// The model that is linked, and the directory in which commands are run.
    private func place() throws -> (model: FormulaCheckpoint, directory: ScratchDirectory) {
        let model = try FormulaCheckpoint.trainable(layers: 4)
        let directory = try ScratchDirectory([
            "train.json": TinyArticles.data(articles: 2, seed: 1),
            "dev.json": TinyArticles.data(articles: 1, seed: 2),
        ])
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory.file(".build/release"),
            withIntermediateDirectories: true
        )
        for (name, target) in [
            (Self.program, TinyRun.program.path), ("all-MiniLM-L6-v2", model.path), ("run-base", "run"),
        ] { try files.createSymbolicLink(atPath: directory.file(name), withDestinationPath: target) }
        return (model, directory)
    }

    @Test func commandsRunAsPrinted() throws {
        let lines = try lines()
        let commands = lines.filter { $0.hasPrefix(Self.program) }
        // Any other line that calls the program says with … that something is left out.
        for line in lines where line.contains("blockskim-train") && !line.hasPrefix(Self.program) {
            #expect(line.contains("…"), "\(line)")
        }
        let names = commands.map { $0.split(separator: " ")[1] }
        #expect(
            names == [
                "train", "calibrate", "documents", "documents", "search", "teach", "train", "documents",
                "calibrate", "documents", "calibrate-reading",
            ]
        )
        let place = try place()
        for command in commands {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", command]
            process.currentDirectoryURL = URL(filePath: place.directory.path)
            process.environment = ["BLOCKSKIM_PYTHON": "/bin/true", "OMP_WAIT_POLICY": "passive"]
            let errors = Pipe()
            (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
            try process.run()
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(command)\n\(said)")
        }
        for file in [
            "run/model/blockskim.json", "run/calibration/calibration.json", "run/calibration/confidence.json",
            "train-documents.json", "dev-articles.json", "search/search.json", "teacher.safetensors",
            "run-student/model/model.safetensors", "articles.json", "run/reading/reading.json",
        ] {
            #expect(FileManager.default.fileExists(atPath: place.directory.file(file)), "no \(file)")
        }
    }
}
