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
