/// Whole contents, decompressed if they are gzip.
package enum FileContent {
    /// The content of a file.
    ///
    /// - Parameters:
    ///   - path: a file or pipe.
    ///   - limitBytes: how many bytes, decompressed, are at most taken.
    /// - Returns: its bytes; decompressed when they start as gzip does.
    /// - Throws: ``DatasetError`` when the file cannot be read, is larger, or is broken gzip.
    package static func read(path: String, limitBytes: Int) throws(DatasetError) -> [UInt8] {
        try all(of: FileSource(path: path), name: path, limitBytes: limitBytes)
    }

    /// The bytes themselves, or decompressed when they start as gzip does.
    ///
    /// - Parameters:
    ///   - bytes: plain or gzip data.
    ///   - name: what errors call the data.
    ///   - limitBytes: how many bytes, decompressed, are at most taken.
    /// - Returns: the plain bytes.
    /// - Throws: ``DatasetError`` when there are more, or the gzip data is broken.
    package static func decompressed(
        _ bytes: [UInt8],
        name: String,
        limitBytes: Int
    ) throws(DatasetError) -> [UInt8] {
        try all(of: MemorySource(bytes), name: name, limitBytes: limitBytes)
    }

    /// The source itself, or one that decompresses it when it starts as gzip does.
    static func decompressed(
        _ source: any ByteSource,
        name: String,
        limitBytes: Int
    ) throws(DatasetError) -> any ByteSource {
        let peekable = try PeekableSource(source)
        guard let first = peekable.first, first.starts(with: [0x1F, 0x8B]) else { return peekable }
        return try GzipSource(peekable, path: name, limitBytes: limitBytes)
    }

    private static func all(
        of source: any ByteSource,
        name: String,
        limitBytes: Int
    ) throws(DatasetError) -> [UInt8] {
        let source = try decompressed(source, name: name, limitBytes: limitBytes)
        var reader = LineReader(source: source, path: name)
        var bytes: [UInt8] = []
        try reader.rest(appendedTo: &bytes, limitBytes: limitBytes)
        return bytes
    }
}
