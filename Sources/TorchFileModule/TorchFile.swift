import FileModule
import SafetensorsModule

/// A file that `torch.save` made of a model's `state_dict()`, such as `pytorch_model.bin`, memory-mapped and checked whole
/// when it is opened.
///
/// Both forms are read: the ZIP archive, and the sequence of pickles that was written before 2020. Pickles are programs;
/// ``PickleReader`` knows the few instructions that tensors need, and runs nothing. Opening reads the pickle only; a tensor's
/// pages are read when it is.
public final class TorchFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// The names of the tensors in the order of the dictionary.
    public let tensorNames: [String]

    private let mapping: FileMapping
    private let tensors: [String: StoredTensor]

    /// Maps the file and checks where all tensors are.
    ///
    /// - Parameter path: the path of a regular file.
    /// - Throws: the first problem found, with the path.
    public init(path: String) throws(TorchFileError) {
        self.path = path
        do { mapping = try FileMapping(file: path) } catch {
            if case .tooShort = error { throw .unknownForm(file: path) }
            throw .unopenable(error)
        }
        let bytes = mapping.bytes
        if LargeFilePointer.isPointer(bytes) { throw .unopenable(.largeFilePointer(file: path)) }
        let dictionary =
            if bytes.starts(with: StoredArchive.signature) {
                try TensorDictionary(archive: bytes, file: path)
            } else if bytes.starts(with: TensorDictionary.signature) {
                try TensorDictionary(pickles: bytes, file: path)
            } else {
                throw TorchFileError.unknownForm(file: path)
            }
        tensorNames = dictionary.names
        tensors = dictionary.tensors
    }

    /// The dimensions of a tensor, outermost first; nil if the file has no tensor of this name.
    public func shape(named name: String) -> [Int]? { tensors[name]?.shape }

    /// The type of a tensor's elements; nil if the file has no tensor of this name.
    public func elementType(named name: String) -> ElementType? { tensors[name]?.elementType }

    /// The elements of a tensor, row-major, converted to `Float`.
    ///
    /// - Parameter name: the tensor's name.
    /// - Returns: as many values as the shape asks for.
    /// - Throws: `noSuchTensor` or `wrongElementType`.
    public func floats(named name: String) throws(TorchFileError) -> [Float] {
        let (tensor, type) = try floatingPoint(name)
        return [Float](unsafeUninitializedCapacity: tensor.elementCount) { destination, count in
            tensor.copy(0..<tensor.elementCount, as: type, from: mapping.bytes, into: destination)
            count = tensor.elementCount
        }
    }

    /// Converts elements of a tensor into memory of the caller's.
    ///
    /// - Parameters:
    ///   - name: the tensor's name.
    ///   - elements: the flat, row-major indices of the elements.
    ///   - destination: memory for exactly as many values; another size is a mistake of the caller's and traps.
    /// - Throws: `noSuchTensor`, `wrongElementType` or `elementsOutOfRange`.
    public func copyFloats(
        named name: String,
        elements: Range<Int>,
        into destination: UnsafeMutableBufferPointer<Float>
    ) throws(TorchFileError) {
        let (tensor, type) = try floatingPoint(name)
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
        tensor.copy(elements, as: type, from: mapping.bytes, into: destination)
    }

    /// Takes the file's pages out of this process's memory, so that converted weights do not count twice.
    ///
    /// Reading goes on working and brings pages back.
    package func releasePages() { mapping.releasePages() }

    private func floatingPoint(
        _ name: String
    ) throws(TorchFileError) -> (StoredTensor, FloatingPointElementType) {
        guard let tensor = tensors[name] else { throw .noSuchTensor(file: path, tensor: name) }
        guard let type = tensor.elementType.floatingPoint else {
            throw .wrongElementType(file: path, tensor: name, found: tensor.elementType)
        }
        return (tensor, type)
    }
}
