import SafetensorsModule
import TestSupport

extension ScratchDirectory {
    /// Writes a file of which only one is needed.
    func write(_ bytes: [UInt8]) throws -> String { try write(bytes, to: "model.safetensors") }

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
