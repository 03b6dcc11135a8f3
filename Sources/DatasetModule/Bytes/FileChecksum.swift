import CZlib

/// What tells one content of a file from another.
package struct FileChecksum: Equatable, Sendable {
    /// The length in bytes.
    package var byteCount = 0
    /// CRC-32 of the bytes, as gzip has it: finds mistakes, not forgeries.
    package var crc32: UInt32 = 0

    /// Reads a file.
    ///
    /// - Throws: ``DatasetError``: `cannotOpen`, `isDirectory`, `readFailed`.
    package init(path: String) throws(DatasetError) {
        let source = try FileSource(path: path)
        while case let chunk = try source.nextChunk(), !chunk.isEmpty {
            crc32 = UInt32(crc32_z(UInt(crc32), chunk.baseAddress, chunk.count))
            byteCount += chunk.count
        }
    }
}
