import Foundation
import SafetensorsModule

/// The files under a test target's `Fixtures`, which the programs under `Scripts/golden` wrote.
package struct GoldenFiles: Sendable {
    private let directory: URL

    /// - Parameter bundle: the test target's, `.module`.
    package init(_ bundle: Bundle) {
        directory = bundle.bundleURL.appending(path: "Fixtures")
    }

    /// The path of a file or directory.
    package func path(_ name: String) -> String { directory.appending(path: name).path }

    package func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    /// A JSON file's content.
    package func decode<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes(name)))
    }

    /// A file of tensors.
    package func safetensors(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: path(name + ".safetensors"))
    }
}

/// The bytes that a golden file holds as base64.
package func bytes(base64 text: String) throws -> [UInt8] {
    struct NotBase64: Error {}
    guard let data = Data(base64Encoded: text) else { throw NotBase64() }
    return [UInt8](data)
}
