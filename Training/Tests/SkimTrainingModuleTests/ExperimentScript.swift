import Foundation
import Testing
import TrainingTestSupport

/// A script in `Experiments`, run with the trainer of this build.
enum ExperimentScript {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Experiments").standardizedFileURL

    /// Runs a script to its end and says what it printed; fails with its errors when it fails.
    static func run(
        _ name: String,
        _ arguments: [String] = [],
        environment: [String: String],
        in directory: ScratchDirectory
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [folder.appending(path: name).path] + arguments
        let own = [
            "TRAINER": TinyRun.program.path, "BLOCKSKIM_PYTHON": "/bin/true", "OMP_WAIT_POLICY": "passive",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }
            .merging(environment) { $1 }
        let errors = directory.file("errors")
        try Data().write(to: URL(filePath: errors))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let error = try String(contentsOfFile: errors, encoding: .utf8)
        try #require(process.terminationStatus == 0, "\(error)")
        return said
    }

    /// When each file of a directory was last changed.
    static func modificationDates(of directory: URL, atLeast count: Int) throws -> [String: Date] {
        let paths = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        try #require(paths.count > count)
        return try paths.reduce(into: [:]) {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: directory.appending(path: $1).path
            )
            $0[$1] = attributes[.modificationDate] as? Date
        }
    }
}
