/// Uninitialised storage for `Float`s, aligned for vector loads, that grows and is used again.
package final class FloatBuffer {
    /// The bytes of one cache line and one AVX-512 register.
    static let alignment = 64

    private var storage = UnsafeMutableRawPointer.allocate(byteCount: alignment, alignment: alignment)
    private var capacity = 0

    package init() {}

    deinit { storage.deallocate() }

    /// The first element.
    ///
    /// Valid until more room is reserved.
    package var start: UnsafeMutablePointer<Float> { storage.assumingMemoryBound(to: Float.self) }

    /// Makes room for `count` elements with unspecified contents.
    ///
    /// Not while another thread uses the buffer.
    @discardableResult
    package func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
        if count > capacity {
            storage.deallocate()
            // A window of one size is often followed by one that is a little larger.
            capacity = count + count / 8
            let byteCount = capacity * MemoryLayout<Float>.stride
            // A large page for less would mostly stand empty.
            storage =
                byteCount < LargePages.size / 4
                ? .allocate(byteCount: byteCount, alignment: Self.alignment)
                : LargePages.allocate(byteCount: byteCount)
        }
        return start
    }
}
