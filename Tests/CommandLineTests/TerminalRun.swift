import Foundation
import Testing

/// One run of the program whose standard output and error are a terminal, which util-linux's `script` plays.
struct TerminalRun {
    static let isPossible = FileManager.default.isExecutableFile(atPath: script)
    private static let script = "/usr/bin/script"

    let status: Int32
    /// What the terminal was given, output and errors together.
    let text: String

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: What stands behind its name.
    ///   - environment: Variables beside those of the tests.
    /// - Throws: What starting it throws.
    init(_ arguments: [String], environment: [String: String]) throws {
        let words = [CommandRun.program.path] + arguments
        let command = words.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        let variables = environment.map { "\($0)=\($1)" }
        let run = try CommandRun(
            variables + [Self.script, "--quiet", "--return", "--command", command, "/dev/null"],
            program: URL(filePath: "/usr/bin/env")
        )
        status = run.status
        text = run.output
    }
}
