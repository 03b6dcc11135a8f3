import Foundation
import TestSupport
import Testing

/// One run of the program that was built beside the tests, or of a copy.
struct CommandRun {
    /// Where the products are, and beside them their resources.
    static let products = Bundle.module.bundleURL.deletingLastPathComponent()
    static let program = products.appending(path: "blockskim")

    let status: Int32
    let output: String
    let errors: String

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: What stands behind its name.
    ///   - input: Its standard input.
    ///   - outputPath: Where its standard output goes, which is then not collected; nil for a file that is.
    ///   - program: A copy of it to be run instead.
    /// - Throws: What starting it throws, and when a signal ended it.
    init(_ arguments: [String], input: Data = Data(), outputPath: String? = nil, program: URL = Self.program)
        throws
    {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        // Helps are wrapped to the width of the terminal.
        process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "100"]) { $1 }
        // Files, since a full pipe would stop the program.
        let scratch = try ScratchDirectory(["output": "", "errors": ""])
        try scratch.write(Array(input), to: "input")
        process.standardInput = FileHandle(forReadingAtPath: scratch.file("input"))
        process.standardOutput = FileHandle(forWritingAtPath: outputPath ?? scratch.file("output"))
        process.standardError = FileHandle(forWritingAtPath: scratch.file("errors"))
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationReason == .exit, "killed by signal \(process.terminationStatus)")
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: URL(filePath: scratch.file("output"))), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: URL(filePath: scratch.file("errors"))), as: UTF8.self)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
}
