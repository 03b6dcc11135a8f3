import Foundation

@testable import DatasetModule

/// A fixture that `Scripts/golden/evaluation_datasets_golden.py` wrote.
func goldenData(_ name: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/\(name)"))
}

func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: goldenData(name))
}

func bytes(base64 text: String) throws -> [UInt8] {
    struct NotBase64: Error {}
    guard let data = Data(base64Encoded: text) else { throw NotBase64() }
    return Array(data)
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
    let url = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path())
}

/// All that a data set in memory holds.
func read(
    _ text: String,
    limits: DatasetReader.Limits = .init()
) throws(DatasetError) -> (passages: [Passage], issues: [DatasetIssue]) {
    try DatasetReader(bytes: Array(text.utf8), name: "data", limits: limits).readAll()
}
