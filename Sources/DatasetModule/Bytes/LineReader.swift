#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Splits a source into lines at `\n`, holding one chunk and one line at a time.
package struct LineReader {
    private let source: any ByteSource
    private let path: String
    private var chunk = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var position = 0
    private var isAtEnd = false
    /// The number, from 1, of the line read last.
    package private(set) var lineNumber = 0

    package init(source: any ByteSource, path: String) {
        self.source = source
        self.path = path
    }

    /// Replaces `line` by the next line without its `\n`.
    ///
    /// - Returns: false at the end; the piece behind the last `\n` is a line only if it is not empty.
    package mutating func next(into line: inout [UInt8], limitBytes: Int) throws(DatasetError) -> Bool {
        line.removeAll(keepingCapacity: true)
        lineNumber += 1
        while try fill() {
            let rest = UnsafeBufferPointer(rebasing: chunk[position...])
            let length = rest.firstIndex(of: UInt8(ascii: "\n"), byMemchr: ()) ?? rest.count
            guard line.count + length <= limitBytes else {
                throw .lineTooLong(path: path, line: lineNumber, limitBytes: limitBytes)
            }
            line.append(contentsOf: rest[..<length])
            position += length
            if length < rest.count {
                position += 1
                return true
            }
        }
        return !line.isEmpty
    }

    /// Appends everything that is left.
    mutating func rest(appendedTo bytes: inout [UInt8], limitBytes: Int) throws(DatasetError) {
        while try fill() {
            guard bytes.count + chunk.count - position <= limitBytes else {
                throw .tooLarge(path: path, limitBytes: limitBytes)
            }
            bytes.append(contentsOf: chunk[position...])
            position = chunk.count
        }
    }

    /// Makes sure that there are unread bytes in the chunk; false at the end.
    private mutating func fill() throws(DatasetError) -> Bool {
        while position == chunk.count {
            if isAtEnd { return false }
            chunk = try source.nextChunk()
            position = 0
            isAtEnd = chunk.isEmpty
        }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The index of the first such byte, found by the C library, which is many times faster.
    fileprivate func firstIndex(of byte: UInt8, byMemchr: Void) -> Int? {
        guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(baseAddress)
    }
}
