import COneDNN

/// A matrix or the kernels of a convolution, copied once into the layout that a oneDNN primitive wants.
final class PackedWeights: @unchecked Sendable {
    // Sendable: the memory does not change after `init`.

    // Sendable: nothing changes after `init`, and executing a primitive only reads a memory.

    let memory: dnnl_memory_t
    let byteCount: Int
    private let shelf: Shelf

    /// - Parameters:
    ///   - shape: The primitive.
    ///   - dimensions: The dimensions of the weights, in elements.
    ///   - strides: How far neighbours in each dimension are apart in `values`.
    ///   - values: The weights, `Float` or `Int8` as the primitive asks for.
    /// - Throws: `refused`, `outOfMemory`.
    init(
        for shape: OperationShape,
        dimensions: [Int],
        strides: [Int],
        values: UnsafeRawPointer
    ) throws(TensorError) {
        // The layout is chosen for as many threads as will run the primitive.
        let threadsBefore = OpenMP.setThreads(1)
        defer { OpenMP.setThreads(threadsBefore) }
        let model = try Operation(shape)
        let stream = try OneDNN.stream().get()
        defer { dnnl_stream_destroy(stream) }
        guard let layout = model.weights else {
            throw .refused(
                library: "oneDNN",
                operation: "\(shape)",
                reason: "it names no layout of the weights"
            )
        }
        let (shelf, storage) = try Shelf.place(byteCount: onednn_size(layout))
        var result: dnnl_memory_t?
        // oneDNN reads rank elements only, but its C type is an array of 12.
        let padding = [Int64](repeating: 0, count: 12 - dimensions.count)
        let status = onednn_pack(
            &result,
            storage,
            try OneDNN.engine(),
            stream,
            layout,
            Int32(dimensions.count),
            dimensions.map(Int64.init) + padding,
            strides.map(Int64.init) + padding,
            values
        )
        try OneDNN.check(status, "pack weights of the shape \(dimensions)")
        guard let result else {
            throw .refused(
                library: "oneDNN",
                operation: "\(shape)",
                reason: "it made no memory for the weights"
            )
        }
        self.shelf = shelf
        byteCount = onednn_size(result)
        memory = result
    }

    deinit { dnnl_memory_destroy(memory) }
}
