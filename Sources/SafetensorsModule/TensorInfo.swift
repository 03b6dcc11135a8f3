/// What the header of a safetensors file says about one tensor.
public struct TensorInfo: Sendable, Equatable {
    /// The tensor's name, such as `bert.encoder.layer.0.output.dense.weight`.
    public let name: String
    /// The type of the elements as stored.
    public let elementType: ElementType
    /// The dimensions, outermost first; empty for a scalar.
    ///
    /// The elements are stored row-major.
    public let shape: [Int]
    /// The product of the dimensions; 1 for a scalar.
    public let elementCount: Int
    /// Bytes from the start of the data section to the first element, not necessarily a multiple of anything.
    package let byteOffset: Int

    /// Bytes that the elements take.
    public var byteCount: Int { elementCount * elementType.byteCount }

    /// The number of elements of a shape; nil if a dimension is negative, or if the number of elements or of their
    /// bytes does not fit an `Int`.
    static func elementCount(shape: [Int], elementType: ElementType) -> Int? {
        var elementCount = 1
        for dimension in shape {
            let (product, overflow) = elementCount.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !overflow else { return nil }
            elementCount = product
        }
        let (_, overflow) = elementCount.multipliedReportingOverflow(by: elementType.byteCount)
        return overflow ? nil : elementCount
    }
}

extension TensorInfo {
    /// Checks the shape of an entry against its place.
    ///
    /// - Throws: `shapeOverflow`, `offsetsReversed` or `byteCountMismatch`.
    init(
        name: String,
        elementType: ElementType,
        shape: [Int],
        begin: Int,
        end: Int,
        file: String
    ) throws(SafetensorsError) {
        guard let elementCount = Self.elementCount(shape: shape, elementType: elementType) else {
            throw .shapeOverflow(file: file, tensor: name, shape: shape)
        }
        guard begin <= end else {
            throw .offsetsReversed(file: file, tensor: name, begin: begin, end: end)
        }
        let byteCount = elementCount * elementType.byteCount
        guard end - begin == byteCount else {
            throw .byteCountMismatch(
                file: file,
                tensor: name,
                elementType: elementType,
                shape: shape,
                expected: byteCount,
                actual: end - begin
            )
        }
        self.init(
            name: name,
            elementType: elementType,
            shape: shape,
            elementCount: elementCount,
            byteOffset: begin
        )
    }
}
