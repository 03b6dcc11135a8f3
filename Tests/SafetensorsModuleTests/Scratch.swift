import Foundation
import SafetensorsModule

/// A directory for one test's files, removed with the object.
final class Scratch {
    let directory: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("safetensors-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        directory = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Writes a file, replacing its content in place.
    func write(_ bytes: [UInt8], to name: String = "model.safetensors") throws -> String {
        let path = path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Writes a file with the given header and as many zero bytes of data.
    func write(header: String, dataByteCount: Int) throws -> String {
        try write(safetensors(header: Array(header.utf8), data: [UInt8](repeating: 0, count: dataByteCount)))
    }
}

/// The bytes of a file with a true header length.
func safetensors(header: [UInt8], data: [UInt8] = []) -> [UInt8] {
    littleEndian(UInt64(header.count)) + header + data
}

func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// The error that opening the file gives; nil if it opens.
func errorOpening(_ path: String) -> SafetensorsError? {
    do throws(SafetensorsError) {
        _ = try SafetensorsFile(path: path)
        return nil
    } catch {
        return error
    }
}

/// SplitMix64: the same numbers on every platform for a seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
