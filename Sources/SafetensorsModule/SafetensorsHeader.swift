/// The validated header of a safetensors file: what stands where in the data section.
struct SafetensorsHeader {
    /// The limit of the official implementation, which keeps a damaged length from asking for all memory.
    static let byteCountLimit: UInt64 = 100_000_000

    static let metadataKey = "__metadata__"

    let metadata: [String: String]
    /// By place in the data section, without gap or overlap.
    private(set) var tensors: [TensorInfo]
    /// Bytes from the start of the file to the data section.
    let dataOffset: Int

    /// Reads and checks everything that can be checked without the tensors' data.
    ///
    /// - Parameters:
    ///   - contents: The whole file, at least 8 bytes.
    ///   - file: Its path, for error messages.
    /// - Throws: The first problem found.
    init(contents: UnsafeRawBufferPointer, file: String) throws(SafetensorsError) {
        let length = UInt64(littleEndian: contents.loadUnaligned(as: UInt64.self))
        guard length <= Self.byteCountLimit else {
            throw .headerTooLong(file: file, byteCount: length, limit: Self.byteCountLimit)
        }
        let lengthByteCount = MemoryLayout<UInt64>.size
        let available = contents.count - lengthByteCount
        guard length <= available else {
            throw .headerTruncated(file: file, headerByteCount: Int(length), availableByteCount: available)
        }
        dataOffset = lengthByteCount + Int(length)

        var reader = try HeaderReader(Array(contents[lengthByteCount..<dataOffset]), file: file)
        (metadata, tensors) = try reader.entries()
        try checkPlaces(dataByteCount: contents.count - dataOffset, file: file)
    }

    /// Sorts the tensors by place and checks that they tile the data section.
    private mutating func checkPlaces(dataByteCount: Int, file: String) throws(SafetensorsError) {
        // An empty tensor shares its begin with the tensor after it, so the end decides too.
        tensors.sort { ($0.byteOffset, $0.byteCount) < ($1.byteOffset, $1.byteCount) }
        var end = 0
        var previous = ""
        for tensor in tensors {
            let (name, begin) = (tensor.name, tensor.byteOffset)
            guard begin + tensor.byteCount <= dataByteCount else {
                throw .dataTruncated(
                    file: file,
                    tensor: name,
                    end: begin + tensor.byteCount,
                    dataByteCount: dataByteCount
                )
            }
            guard begin >= end else {
                throw .overlap(file: file, tensor: name, begin: begin, other: previous, otherEnd: end)
            }
            guard begin == end else { throw .gap(file: file, tensor: name, begin: begin, expected: end) }
            end = begin + tensor.byteCount
            previous = name
        }
        guard end == dataByteCount else {
            throw .leftoverBytes(file: file, byteCount: dataByteCount - end)
        }
    }
}
