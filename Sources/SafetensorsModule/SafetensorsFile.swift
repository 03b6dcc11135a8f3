import FileModule

/// A safetensors file, memory-mapped and checked whole when it is opened.
///
/// Opening reads the header only; a tensor's pages are read when it is. See
/// <https://github.com/huggingface/safetensors#format>.
public final class SafetensorsFile: Sendable {
    /// The path as it was given.
    public let path: String

    private let mapping: FileMapping
    private let header: SafetensorsHeader
    private let indices: [String: Int]

    /// Maps the file and checks its header and the places of all tensors.
    ///
    /// - Parameter path: The path of a regular file.
    /// - Throws: The first problem found, with the path and the tensor.
    public init(path: String) throws(SafetensorsError) {
        self.path = path
        mapping = try FileMapping(file: path)
        if LargeFilePointer.isPointer(mapping.bytes) { throw .largeFilePointer(file: path) }
        header = try SafetensorsHeader(contents: mapping.bytes, file: path)
        indices = Dictionary(uniqueKeysWithValues: zip(header.tensors.map(\.name), header.tensors.indices))
    }

    /// The texts under `__metadata__`; empty if there are none.
    public var metadata: [String: String] { header.metadata }

    /// The names of the tensors in the order in which their data lie in the file.
    public var tensorNames: [String] { header.tensors.map(\.name) }

    /// Type and shape of a tensor; nil if the file has no tensor of this name.
    public func info(named name: String) -> TensorInfo? {
        indices[name].map { header.tensors[$0] }
    }

    /// Converts elements of a floating-point tensor into memory of the caller's.
    ///
    /// - Parameters:
    ///   - name: The tensor's name.
    ///   - elements: The flat, row-major indices of the elements; all if nil.
    ///   - destination: Memory for exactly as many values; another size is a mistake of the caller's and traps.
    /// - Throws: `noSuchTensor`, `wrongElementType` or `elementsOutOfRange`.
    public func copyFloats(
        named name: String,
        elements: Range<Int>? = nil,
        into destination: UnsafeMutableBufferPointer<Float>
    ) throws(SafetensorsError) {
        let tensor = try existingTensor(named: name)
        let elementType = try floatingPointType(of: tensor)
        let elements = elements ?? 0..<tensor.elementCount
        guard 0 <= elements.lowerBound, elements.upperBound <= tensor.elementCount else {
            throw .elementsOutOfRange(
                file: path,
                tensor: name,
                elements: elements,
                elementCount: tensor.elementCount
            )
        }
        precondition(
            destination.count == elements.count,
            "room for \(destination.count) values, \(elements.count) elements of \(name)"
        )
        guard let target = destination.baseAddress, let source = bytes(of: tensor).baseAddress else { return }
        let first = source + elements.lowerBound * tensor.elementType.byteCount
        convert(first, as: elementType, count: elements.count, to: target)
    }

    /// The elements of a floating-point tensor, row-major, converted to `Float`.
    ///
    /// - Parameter name: The tensor's name.
    /// - Returns: As many values as the shape asks for.
    /// - Throws: `noSuchTensor` or `wrongElementType`.
    public func floats(named name: String) throws(SafetensorsError) -> [Float] {
        let tensor = try existingTensor(named: name)
        let elementType = try floatingPointType(of: tensor)
        let source = bytes(of: tensor).baseAddress
        return [Float](unsafeUninitializedCapacity: tensor.elementCount) { destination, count in
            guard let source, let target = destination.baseAddress else { return }
            convert(source, as: elementType, count: tensor.elementCount, to: target)
            count = tensor.elementCount
        }
    }

    /// The elements of an I64 tensor, row-major.
    ///
    /// - Parameter name: The tensor's name.
    /// - Returns: As many values as the shape asks for.
    /// - Throws: `noSuchTensor` or `wrongElementType`.
    public func integers(named name: String) throws(SafetensorsError) -> [Int64] {
        let tensor = try existingTensor(named: name)
        guard tensor.elementType == .i64 else {
            throw .wrongElementType(file: path, tensor: name, found: tensor.elementType, wanted: [.i64])
        }
        let source = bytes(of: tensor)
        return (0..<tensor.elementCount).map { index in
            source.loadUnaligned(fromByteOffset: index * MemoryLayout<Int64>.size, as: Int64.self)
        }
    }

    /// Lends the stored bytes of a tensor, which may lie at any alignment.
    ///
    /// - Parameters:
    ///   - name: The tensor's name.
    ///   - body: Must not let the bytes escape.
    /// - Returns: What `body` returns.
    /// - Throws: `noSuchTensor`.
    package func withBytes<Result>(
        named name: String,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(SafetensorsError) -> Result {
        let tensor = try existingTensor(named: name)
        return body(bytes(of: tensor))
    }

    /// Takes the file's pages out of this process's memory, so that converted weights do not count twice.
    ///
    /// Reading goes on working and brings pages back.
    package func releasePages() {
        mapping.releasePages()
    }

    private func existingTensor(named name: String) throws(SafetensorsError) -> TensorInfo {
        guard let tensor = info(named: name) else { throw .noSuchTensor(file: path, tensor: name) }
        return tensor
    }

    private func floatingPointType(
        of tensor: TensorInfo
    ) throws(SafetensorsError) -> FloatingPointElementType {
        guard let elementType = tensor.elementType.floatingPoint else {
            throw .wrongElementType(
                file: path,
                tensor: tensor.name,
                found: tensor.elementType,
                wanted: FloatingPointElementType.allCases.map(\.elementType)
            )
        }
        return elementType
    }

    private func bytes(of tensor: TensorInfo) -> UnsafeRawBufferPointer {
        let begin = header.dataOffset + tensor.byteOffset
        return UnsafeRawBufferPointer(rebasing: mapping.bytes[begin..<begin + tensor.byteCount])
    }
}
