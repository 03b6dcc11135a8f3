import COneDNN

/// A thread's oneDNN primitives by shape, as many as are in use: the one that was used longest ago makes room for a new one.
///
/// A primitive takes 0.1 to 1 ms to make. Windows come in many lengths, so all of them would grow without end.
final class OperationCache {
    /// The most primitives that are kept.
    static let capacity = 128

    private let stream = OneDNN.stream()
    private let scratchpad = ByteBuffer()
    private var entries: [OperationShape: (operation: Operation, lastUse: Int)] = [:]
    private var uses = 0

    deinit {
        if case .success(let stream) = stream { dnnl_stream_destroy(stream) }
    }

    /// How many are kept.
    var count: Int { entries.count }

    /// Runs the primitive of a shape.
    ///
    /// - Parameters:
    ///   - shape: The shape.
    ///   - source: The input.
    ///   - weights: Weights in the layout that the primitive wants.
    ///   - bias: The bias; nil for a shape without.
    ///   - destination: Receives the result.
    /// - Throws: `refused`, `outOfMemory`.
    func run(
        _ shape: OperationShape,
        source: UnsafeRawPointer,
        weights: PackedWeights,
        bias: UnsafePointer<Float>? = nil,
        destination: UnsafeMutableRawPointer
    ) throws(TensorError) {
        let operation = try operation(shape, weights: weights.memory)
        try operation.run(
            on: try stream.get(),
            source: source,
            weights: weights.memory,
            bias: bias,
            destination: destination,
            scratchpad: try scratchpad.reserve(operation.scratchpadBytes, of: UInt8.self)
        )
    }

    private func operation(_ shape: OperationShape, weights: dnnl_memory_t) throws(TensorError) -> Operation {
        uses += 1
        if let known = entries[shape] {
            entries[shape]?.lastUse = uses
            return known.operation
        }
        if entries.count >= Self.capacity,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            entries[oldest.key] = nil
        }
        let made = try Operation(shape, weights: weights)
        entries[shape] = (made, uses)
        return made
    }
}
