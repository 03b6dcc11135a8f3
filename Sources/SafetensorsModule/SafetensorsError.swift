/// Why a safetensors file could not be opened, read or written.
///
/// `file` is the path as it was given; `tensor` the name in the header.
public enum SafetensorsError: Error, Equatable, Sendable {
    // MARK: The file

    /// Nothing is at the path.
    case fileMissing(file: String)
    /// The path names a directory.
    case isDirectory(file: String)
    /// The path names a pipe, a socket or a device.
    case notRegularFile(file: String)
    /// The file is a pointer of Git LFS.
    case largeFilePointer(file: String)
    /// The system refuses to open or map the file.
    case unreadable(file: String, reason: String)

    // MARK: The header as a whole

    /// The file has no room for the 8 bytes that give the header's length.
    case tooShort(file: String, byteCount: Int)
    /// The header's stated length exceeds the limit that the format sets.
    case headerTooLong(file: String, byteCount: UInt64, limit: UInt64)
    /// The file ends before the header does.
    case headerTruncated(file: String, headerByteCount: Int, availableByteCount: Int)
    /// A byte of the header cannot be part of UTF-8 text. The offset counts from the start of the header.
    case headerNotUTF8(file: String, byteOffset: Int)
    /// The header is not JSON, or not JSON of the form that the format asks for. The offset counts from the
    /// start of the header; `tensor` is nil outside the entries of tensors.
    case headerMalformed(file: String, tensor: String?, byteOffset: Int, problem: String)
    /// `__metadata__` occurs twice.
    case duplicateMetadata(file: String)
    /// A tensor occurs twice: the names are equal, as Unicode defines it.
    case duplicateTensor(file: String, tensor: String)

    // MARK: An entry of the header

    /// A key occurs twice in the entry of a tensor or of `__metadata__`.
    case duplicateKey(file: String, entry: String, key: String)
    /// An entry lacks `dtype`, `shape` or `data_offsets`.
    case missingKey(file: String, tensor: String, key: String)
    /// An entry has a key other than `dtype`, `shape` and `data_offsets`.
    case unexpectedKey(file: String, tensor: String, key: String)
    /// A number is negative, has a fraction or an exponent, or does not fit into 63 bits.
    case invalidNumber(file: String, tensor: String, key: String, text: String)
    /// No version of the format knows the element type.
    case unknownElementType(file: String, tensor: String, name: String)
    /// The format knows the element type; this engine has no use for it.
    case unsupportedElementType(file: String, tensor: String, name: String)

    // MARK: Shapes and places

    /// The shape asks for more bytes than can be counted.
    case shapeOverflow(file: String, tensor: String, shape: [Int])
    /// The data end before they begin.
    case offsetsReversed(file: String, tensor: String, begin: Int, end: Int)
    /// The place of the data is smaller or larger than the shape asks for.
    case byteCountMismatch(
        file: String,
        tensor: String,
        elementType: ElementType,
        shape: [Int],
        expected: Int,
        actual: Int
    )
    /// The file ends before the tensor's data do.
    case dataTruncated(file: String, tensor: String, end: Int, dataByteCount: Int)
    /// The tensor's data begin inside the data of another.
    case overlap(file: String, tensor: String, begin: Int, other: String, otherEnd: Int)
    /// Bytes before the tensor's data belong to no tensor.
    case gap(file: String, tensor: String, begin: Int, expected: Int)
    /// Bytes at the end of the file belong to no tensor.
    case leftoverBytes(file: String, byteCount: Int)

    // MARK: Reading

    /// The file has no tensor of this name.
    case noSuchTensor(file: String, tensor: String)
    /// The elements are integers where floating-point numbers are asked for, or the reverse.
    case wrongElementType(file: String, tensor: String, found: ElementType, wanted: [ElementType])
    /// Elements are asked for that the tensor does not have.
    case elementsOutOfRange(file: String, tensor: String, elements: Range<Int>, elementCount: Int)

    // MARK: Writing

    /// A tensor is to be written under the name that the format keeps for metadata.
    case reservedName(file: String, tensor: String)
    /// The number of elements given is not the one that the shape asks for.
    case elementCountMismatch(file: String, tensor: String, shape: [Int], elementCount: Int)
    /// The system refuses a step of writing; the file at the path is as it was.
    case unwritable(file: String, step: String, reason: String)
}
