import Foundation
import Testing

/// Compares a text with the one recorded under a name.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the text is recorded instead.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws
{
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
        try Data(text.utf8).write(to: file)
        return
    }
    let url = Bundle.module.bundleURL.appending(path: "Snapshots/\(name)")
    let recorded = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    #expect(
        text == recorded,
        "if the change is meant, record it: RECORD_SNAPSHOTS=1 swift test --filter CommandLineTests",
        sourceLocation: sourceLocation
    )
}
