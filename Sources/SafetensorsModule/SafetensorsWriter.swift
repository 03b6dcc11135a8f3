import FileModule

/// Collects tensors and writes them as one safetensors file.
///
/// The header is padded with spaces so that the data begin at a multiple of 8 bytes. Tensors lie in the order
/// in which they were appended, the ones with wider elements first: so every tensor is aligned to its element
/// size, which PyTorch needs to read a file of mixed types.
public struct SafetensorsWriter {
    /// Texts to store under `__metadata__`.
    ///
    /// Hugging Face's loaders expect `"format": "pt"`.
    public var metadata: [String: String]

    private enum Elements {
        case floats([Float], FloatingPointElementType)
        /// Made when they are written.
        case made(count: Int, FloatingPointElementType, () throws(SafetensorsError) -> [Float])
        case integers([Int64])

        var count: Int {
            switch self {
            case .floats(let values, _): values.count
            case .made(let count, _, _): count
            case .integers(let values): values.count
            }
        }

        var type: ElementType {
            switch self {
            case .floats(_, let elementType), .made(_, let elementType, _): elementType.elementType
            case .integers: .i64
            }
        }

        func append(to file: AtomicFile) throws(FileError) {
            switch self {
            case .floats(let values, .f32): try file.append(values)
            case .floats(let values, .f16): try file.append(values.map(\.binary16Bits))
            case .floats(let values, .bf16): try file.append(values.map(\.bfloat16Bits))
            case .made: preconditionFailure("the elements are not made yet")
            case .integers(let values): try file.append(values)
            }
        }
    }

    private struct Tensor {
        let name: String
        let shape: [Int]
        let elements: Elements

        /// The elements, made if they are not there.
        func elements(file: String) throws(SafetensorsError) -> Elements {
            guard case .made(let count, let type, let make) = elements else { return elements }
            let values = try make()
            guard values.count == count else {
                throw .elementCountMismatch(
                    file: file,
                    tensor: name,
                    shape: shape,
                    elementCount: values.count
                )
            }
            return .floats(values, type)
        }
    }

    private var tensors: [Tensor] = []

    /// Begins a file without tensors.
    ///
    /// - Parameter metadata: Texts to store under `__metadata__`.
    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Appends a floating-point tensor.
    ///
    /// `write(to:)` checks it.
    ///
    /// - Parameters:
    ///   - name: A name that no other tensor has.
    ///   - shape: The dimensions, outermost first.
    ///   - floats: The elements, row-major.
    ///   - elementType: How to store them: rounded to the nearest value, ties to even; NaN stays NaN.
    public mutating func append(
        _ name: String,
        shape: [Int],
        floats: [Float],
        as elementType: FloatingPointElementType = .f32
    ) {
        tensors.append(Tensor(name: name, shape: shape, elements: .floats(floats, elementType)))
    }

    /// Appends a floating-point tensor whose elements are made only when they are written, so that those of one tensor
    /// are in memory at a time.
    ///
    /// `write(to:)` checks it.
    ///
    /// - Parameters:
    ///   - name: A name that no other tensor has.
    ///   - shape: The dimensions, outermost first.
    ///   - elementType: How to store them: rounded to the nearest value, ties to even; NaN stays NaN.
    ///   - makeFloats: Returns the elements, row-major.
    public mutating func append(
        _ name: String,
        shape: [Int],
        as elementType: FloatingPointElementType = .f32,
        makeFloats: @escaping () throws(SafetensorsError) -> [Float]
    ) {
        let count = TensorInfo.elementCount(shape: shape, elementType: elementType.elementType) ?? -1
        tensors.append(
            Tensor(name: name, shape: shape, elements: .made(count: count, elementType, makeFloats))
        )
    }

    /// Appends an I64 tensor.
    ///
    /// `write(to:)` checks it.
    ///
    /// - Parameters:
    ///   - name: A name that no other tensor has.
    ///   - shape: The dimensions, outermost first.
    ///   - integers: The elements, row-major.
    public mutating func append(_ name: String, shape: [Int], integers: [Int64]) {
        tensors.append(Tensor(name: name, shape: shape, elements: .integers(integers)))
    }

    /// Writes the file, replacing what is at the path only when all is on the disk.
    ///
    /// - Parameter path: Where to write; its directory must exist.
    /// - Throws: `duplicateTensor`, `reservedName`, `elementCountMismatch`, `headerTooLong` or `unwritable`, and what making
    ///   elements throws.
    public func write(to path: String) throws(SafetensorsError) {
        try checkTensors(file: path)
        let ordered = tensorsByWidth
        let header = header(of: ordered)
        guard header.count <= SafetensorsHeader.byteCountLimit else {
            throw .headerTooLong(
                file: path,
                byteCount: UInt64(header.count),
                limit: SafetensorsHeader.byteCountLimit
            )
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .fileMissing(file: path) }
        let file = try writing(path) { () throws(FileError) in
            let file = try AtomicFile(path: path)
            try file.append([UInt64(header.count).littleEndian])
            try file.append(header)
            return file
        }
        for tensor in ordered {
            let elements = try tensor.elements(file: path)
            try writing(path) { () throws(FileError) in try elements.append(to: file) }
        }
        try writing(path) { () throws(FileError) in try file.commit() }
    }

    private func writing<Result>(
        _ path: String,
        _ body: () throws(FileError) -> Result
    ) throws(SafetensorsError) -> Result {
        do {
            return try body()
        } catch {
            throw .unwritable(
                file: path,
                step: error.step.description,
                reason: error.reason.description
            )
        }
    }

    private func checkTensors(file: String) throws(SafetensorsError) {
        var names: Set<String> = []
        for tensor in tensors {
            guard tensor.name != SafetensorsHeader.metadataKey else {
                throw .reservedName(file: file, tensor: tensor.name)
            }
            guard names.insert(tensor.name).inserted else {
                throw .duplicateTensor(file: file, tensor: tensor.name)
            }
            let (elements, shape) = (tensor.elements, tensor.shape)
            guard TensorInfo.elementCount(shape: shape, elementType: elements.type) == elements.count else {
                throw .elementCountMismatch(
                    file: file,
                    tensor: tensor.name,
                    shape: shape,
                    elementCount: elements.count
                )
            }
        }
    }

    /// Wider elements first, otherwise in the order of appending.
    private var tensorsByWidth: [Tensor] {
        let widths = Set(tensors.map(\.elements.type.byteCount)).sorted(by: >)
        return widths.flatMap { width in tensors.filter { $0.elements.type.byteCount == width } }
    }

    /// The JSON header, padded so that the data after it are 8-byte aligned.
    private func header(of ordered: [Tensor]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map {
                "\(JSONText.quoted($0)):\(JSONText.quoted($1))"
            }
            members.append("\"\(SafetensorsHeader.metadataKey)\":{\(texts.joined(separator: ","))}")
        }
        var begin = 0
        for tensor in ordered {
            let elementType = tensor.elements.type
            let end = begin + tensor.elements.count * elementType.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSONText.quoted(tensor.name)):{\"dtype\":\"\(elementType.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(end)]}"
            )
            begin = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))
        return header
    }
}
