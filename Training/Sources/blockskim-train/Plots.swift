import Foundation
import TerminalModule

/// Plots, made by matplotlib in the virtual environment of `make train-setup`.
enum Plots {
    private static let root = URL(filePath: #filePath)  // ROOT/Training/Sources/blockskim-train/Plots.swift
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Draws the metrics of a run into its `plots` directory; without matplotlib it says so and goes on.
    static func draw(run directory: String, report: (String) -> Void) {
        draw(script: "plot_run.py", [directory], report: report)
    }

    /// Draws what a file holds, beside it.
    static func draw(script: String, of file: String) {
        draw(script: script, [file], report: { StandardError.write($0) })
    }

    private static func draw(script: String, _ arguments: [String], report: (String) -> Void) {
        let python =
            ProcessInfo.processInfo.environment["BLOCKSKIM_PYTHON"] ?? root + "/.venv-train/bin/python"
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["\(root)/Training/Plots/\(script)"] + arguments
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        do {
            try process.run()
        } catch {
            report("no plots: there is no \(python). Run `make train-setup`, or set BLOCKSKIM_PYTHON")
            return
        }
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        let reason = String(decoding: message, as: UTF8.self).split(separator: "\n").last ?? "it says nothing"
        report("no plots: \(script) failed: \(reason)")
    }
}
