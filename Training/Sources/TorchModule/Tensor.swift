import CTorchShim

/// A tensor of libtorch's, shared by all copies of the value.
///
/// Operations are recorded for differentiation when an input of theirs is; see ``Torch/withoutRecording(_:)``.
public struct Tensor {
    private final class Handle {
        let raw: ts_ref
        init(_ raw: ts_ref) { self.raw = raw }
        deinit { _ = ts_release(raw) }
    }

    private let handle: Handle
    var raw: ts_ref { handle.raw }

    init(_ raw: ts_ref) { handle = Handle(raw) }

    /// Makes a tensor by calling a function of the shim.
    ///
    /// - Parameters:
    ///   - operation: what errors call it.
    ///   - operands: whose shapes errors name.
    ///   - body: the call, which fills the reference.
    /// - Throws: what libtorch refuses.
    init(
        _ operation: String,
        _ operands: [Tensor] = [],
        _ body: (UnsafeMutablePointer<ts_ref?>) -> ts_status
    ) throws(TorchError) {
        var raw: ts_ref?
        try TorchError.check(operation, operands, body(&raw))
        guard let raw else {
            throw TorchError(operation: operation, shapes: operands.map(\.shape), reason: "no result")
        }
        self.init(raw)
    }

    /// A 32-bit floating-point tensor, row-major.
    public init(_ elements: [Float], shape: [Int], on device: Device = .cpu) throws(TorchError) {
        precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for \(shape)")
        let sizes = shape.map(Int64.init)
        try self.init("Tensor\(shape)") {
            ts_from_floats($0, elements, sizes, Int32(sizes.count), device.code)
        }
    }

    /// An integer tensor, row-major, such as indices.
    public init(indices: [Int], shape: [Int], on device: Device = .cpu) throws(TorchError) {
        precondition(indices.count == shape.reduce(1, *), "\(indices.count) elements for \(shape)")
        let sizes = shape.map(Int64.init)
        let elements = indices.map(Int64.init)
        try self.init("Tensor\(shape)") {
            ts_from_int64($0, elements, sizes, Int32(sizes.count), device.code)
        }
    }

    /// A 32-bit floating-point tensor of zeros.
    public init(zeros shape: [Int], on device: Device = .cpu) throws(TorchError) {
        let sizes = shape.map(Int64.init)
        try self.init("zeros\(shape)") { ts_zeros($0, sizes, Int32(sizes.count), device.code) }
    }

    /// The dimensions, outermost first.
    public var shape: [Int] {
        var rank: Int32 = 0
        guard ts_rank(raw, &rank) == 0 else { return [] }
        var sizes = [Int64](repeating: 0, count: Int(rank))
        guard ts_shape(raw, &sizes, rank) == 0 else { return [] }
        return sizes.map(Int.init)
    }

    /// The elements as 32-bit floating-point numbers, row-major.
    public func floats() throws(TorchError) -> [Float] {
        var elements = [Float](repeating: 0, count: shape.reduce(1, *))
        try TorchError.check("floats", [self], ts_copy_floats(raw, &elements, Int64(elements.count)))
        return elements
    }

    /// The elements as 64-bit floating-point numbers, row-major.
    public func doubles() throws(TorchError) -> [Double] {
        var elements = [Double](repeating: 0, count: shape.reduce(1, *))
        try TorchError.check("doubles", [self], ts_copy_doubles(raw, &elements, Int64(elements.count)))
        return elements
    }

    /// The one element of a tensor.
    public func item() throws(TorchError) -> Float {
        let elements = try floats()
        precondition(elements.count == 1, "item of \(shape)")
        return elements[0]
    }

    /// Overwrites the elements; nothing of it is recorded.
    public func assign(_ source: Tensor) throws(TorchError) {
        try TorchError.check("assign", [self, source], ts_assign(raw, source.raw))
    }
}
