import SafetensorsModule

/// A tensor and where its elements lie in the file.
struct StoredTensor: Sendable {
    let elementType: ElementType
    /// Outermost first.
    let shape: [Int]
    /// The product of the dimensions.
    let elementCount: Int
    /// The place of the first element in the file, in bytes.
    private let firstByte: Int
    /// The distance between neighbours of each dimension, in elements.
    private let strides: [Int]
    /// Whether the elements follow each other in the order of their indices.
    private let isContiguous: Bool

    /// Why a tensor does not fit its storage.
    struct Mismatch: Error {
        var problem: String
    }

    /// - Parameters:
    ///   - tensor: what the pickle says of it.
    ///   - elementType: the type of the storage's elements.
    ///   - storage: where the storage lies in the file, in bytes.
    /// - Throws: when an element lies outside the storage, or the tensor has more of them than that.
    init(_ tensor: PickleTensor, _ elementType: ElementType, storage: Range<Int>) throws(Mismatch) {
        let available = storage.count / elementType.byteCount
        var (count, last, expected) = (1, tensor.offset, 1)
        var isContiguous = true
        let isEmpty = tensor.shape.contains(0)
        for (size, stride) in zip(tensor.shape, tensor.strides).reversed() where !isEmpty {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            let (reach, far) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = last.addingReportingOverflow(reach)
            guard !overflow, !far, !beyond, product <= available else {
                throw Mismatch(problem: "has more elements than its storage, which has \(available)")
            }
            if size > 1, stride != expected { isContiguous = false }
            (count, last, expected) = (product, sum, product)
        }
        guard isEmpty || last < available else {
            throw Mismatch(problem: "reaches beyond its storage of \(available) elements")
        }
        self.elementType = elementType
        self.isContiguous = isContiguous
        shape = tensor.shape
        strides = tensor.strides
        elementCount = isEmpty ? 0 : count
        firstByte = isEmpty ? storage.lowerBound : storage.lowerBound + tensor.offset * elementType.byteCount
    }

    /// Converts elements by their flat, row-major indices.
    func copy(
        _ elements: Range<Int>,
        as type: FloatingPointElementType,
        from file: UnsafeRawBufferPointer,
        into destination: UnsafeMutableBufferPointer<Float>
    ) {
        guard !elements.isEmpty, let base = file.baseAddress, let target = destination.baseAddress else {
            return
        }
        let size = elementType.byteCount
        guard !isContiguous else {
            let first = base + firstByte + elements.lowerBound * size
            return convert(first, as: type, count: elements.count, to: target)
        }
        // The transpose of another tensor, for instance; no checkpoint that matters has many of them.
        for index in elements {
            var (rest, place) = (index, 0)
            for (dimension, stride) in zip(shape, strides).reversed() {
                place += rest % dimension * stride
                rest /= dimension
            }
            let source = base + firstByte + place * size
            convert(source, as: type, count: 1, to: target + (index - elements.lowerBound))
        }
    }
}
