/// Uninitialised storage for `Float`s, aligned for vector loads, that grows and is used again.
package final class FloatBuffer {
    /// The bytes of one cache line and one AVX-512 register.
    static let alignment = 64

    private var storage = UnsafeMutableRawPointer.allocate(byteCount: alignment, alignment: alignment)
    private var capacity = 0

    package init() {}

    deinit { storage.deallocate() }

    /// Storage for at least `count` elements, with unspecified contents.
    ///
    /// The pointer is valid until the next call with a larger count.
    package func pointer(count: Int) -> UnsafeMutablePointer<Float> {
        if count > capacity {
            storage.deallocate()
            // A window of one size is often followed by one that is a little larger.
            capacity = count + count / 8
            storage = .allocate(
                byteCount: capacity * MemoryLayout<Float>.stride, alignment: Self.alignment)
        }
        return storage.assumingMemoryBound(to: Float.self)
    }
}
