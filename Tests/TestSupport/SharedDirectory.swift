import Foundation

/// Data and checkpoints that are too large for the repository.
///
/// The environment variable `BLOCKSKIM_SHARED` says where they are; otherwise a directory `shared` beside the
/// repository. Tests that need them are `.enabled(if:)` with a reason.
package enum SharedDirectory {
    /// The path of an entry, if it is there.
    package static func path(_ entry: String) -> String? {
        let variable = ProcessInfo.processInfo.environment["BLOCKSKIM_SHARED"]
        let beside = URL(filePath: #filePath)  // REPOSITORY/Tests/TestSupport/SharedDirectory.swift
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "shared").path
        let path = (variable ?? beside) + "/" + entry
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
