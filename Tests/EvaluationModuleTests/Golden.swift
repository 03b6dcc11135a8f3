import Foundation

/// A fixture that `Scripts/golden/evaluation_golden.py` wrote.
func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}

/// Data sets outside the repository: `BLOCKSKIM_SHARED`, or `shared` beside the checkout.
enum SharedData {
    static let directory: String =
        ProcessInfo.processInfo.environment["BLOCKSKIM_SHARED"]
        ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared")
        .standardizedFileURL.path()

    static func path(_ name: String) -> String { directory + "/data/" + name }

    static func has(_ name: String) -> Bool { FileManager.default.isReadableFile(atPath: path(name)) }
}

/// A directory of its own, removed at the end.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "evaluation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path())
}
