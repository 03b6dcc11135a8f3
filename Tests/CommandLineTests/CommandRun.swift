import Foundation
import Testing

/// One run of the program that was built beside the tests.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: What stands behind its name.
    ///   - input: Its standard input.
    /// - Throws: What starting it throws, and when a signal ended it.
    init(_ arguments: [String], input: Data = Data()) throws {
        let process = Process()
        // Resources lie beside the products.
        process.executableURL = Bundle.module.bundleURL.deletingLastPathComponent().appending(
            path: "blockskim"
        )
        process.arguments = arguments
        // Helps are wrapped to the width of the terminal.
        process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "100"]) { $1 }
        let directory = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Files, since a full pipe would stop the program.
        let urls = ["input", "output", "errors"].map { directory.appending(path: $0) }
        try input.write(to: urls[0])
        for url in urls.dropFirst() { try Data().write(to: url) }
        process.standardInput = try FileHandle(forReadingFrom: urls[0])
        process.standardOutput = try FileHandle(forWritingTo: urls[1])
        process.standardError = try FileHandle(forWritingTo: urls[2])
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationReason == .exit, "killed by signal \(process.terminationStatus)")
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: urls[1]), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: urls[2]), as: UTF8.self)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
}

/// A directory that is removed with the object.
final class ScratchDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "scratch-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file.
    ///
    /// - Returns: Its path.
    func write(_ name: String, _ content: Data) throws -> String {
        let file = path + "/" + name
        try content.write(to: URL(filePath: file))
        return file
    }

    func write(_ name: String, _ content: String) throws -> String { try write(name, Data(content.utf8)) }
}
