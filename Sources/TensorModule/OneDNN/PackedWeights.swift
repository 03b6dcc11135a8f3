import COneDNN
import Synchronization

/// A matrix or the kernels of a convolution, copied once into the layout that oneDNN's product wants.
final class PackedWeights: @unchecked Sendable {
    let memory: dnnl_memory_t
    private let shelf: Shelf

    /// - Parameters:
    ///   - values: The weights.
    ///   - layout: A memory of the wanted layout.
    ///   - dimensions: Their dimensions, in elements.
    ///   - strides: How far neighbours in each dimension are apart in `values`.
    init(
        _ values: some Collection<Float>,
        layout: dnnl_memory_t,
        dimensions: [Int],
        strides: [Int]
    ) {
        let stream = OneDNN.makeStream()
        defer { dnnl_stream_destroy(stream) }
        let storage: UnsafeMutableRawPointer
        (shelf, storage) = Shelf.place(byteCount: onednn_size(layout))
        var result: dnnl_memory_t?
        var values = Array(values)
        values.withUnsafeMutableBytes { bytes in
            // oneDNN reads rank elements only, but its C type is an array of 12.
            let padding = [Int64](repeating: 0, count: 12 - dimensions.count)
            let status = onednn_pack(
                &result,
                storage,
                OneDNN.engine,
                stream,
                layout,
                Int32(dimensions.count),
                dimensions.map(Int64.init) + padding,
                strides.map(Int64.init) + padding,
                bytes.baseAddress
            )
            OneDNN.check(status, "pack weights of shape \(dimensions)")
        }
        memory = OneDNN.unwrap(result, "packed weights")
    }

    deinit { dnnl_memory_destroy(memory) }
}

/// Large pages that hold weights one behind the other, freed when the last of them is.
final class Shelf: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    private let size: Int
    private var used = 0

    private struct Current {
        weak var shelf: Shelf?
    }

    /// The shelf that still has room.
    private static let current = Mutex(Current())
    private static let usualSize = 8 * LargePages.size

    private init(byteCount: Int) {
        start = LargePages.allocate(byteCount: byteCount)
        size = byteCount
    }

    deinit { start.deallocate() }

    static func place(byteCount: Int) -> (Shelf, UnsafeMutableRawPointer) {
        current.withLock { current in
            if let shelf = current.shelf, let place = shelf.take(byteCount) { return (shelf, place) }
            let shelf = Shelf(byteCount: max(byteCount, usualSize))
            current.shelf = shelf
            return (shelf, OneDNN.unwrap(shelf.take(byteCount), "room for weights"))
        }
    }

    private func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard used + byteCount <= size else { return nil }
        defer {
            used += (byteCount + FloatBuffer.alignment - 1) / FloatBuffer.alignment * FloatBuffer.alignment
        }
        return start + used
    }
}
