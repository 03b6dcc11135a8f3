import FileModule

/// The bytes of a file, pipe or device, read in chunks of a quarter of a mebibyte.
package final class FileSource: ByteSource {
    private let path: String
    private let file: InputFile
    private let buffer: UnsafeMutableRawBufferPointer

    package init(path: String) throws(DatasetError) {
        do throws(FileError) {
            file = try InputFile(path: path)
        } catch {
            throw error.reason == .isDirectory
                ? .isDirectory(path: path) : .cannotOpen(path: path, reason: error.reason.description)
        }
        self.path = path
        buffer = .allocate(byteCount: 1 << 18, alignment: 1)
    }

    deinit { buffer.deallocate() }

    package func nextChunk() throws(DatasetError) -> UnsafeBufferPointer<UInt8> {
        var filled = 0
        do throws(FileError) {
            // A pipe may deliver a single byte, which would hide gzip's two-byte mark.
            while filled < 2 {
                let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if count == 0 { break }
                filled += count
            }
        } catch {
            throw .readFailed(path: path, reason: error.reason.description)
        }
        return UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<filled])
    }
}
