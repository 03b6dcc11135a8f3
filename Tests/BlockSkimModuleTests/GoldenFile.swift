import Foundation
import SafetensorsModule
import Testing

/// A file of `Fixtures`.
func goldenFile(_ name: String) throws -> SafetensorsFile {
    let url = try #require(
        Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Fixtures")
    )
    return try SafetensorsFile(path: url.path)
}
