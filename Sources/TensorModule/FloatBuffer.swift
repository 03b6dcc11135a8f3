/// Uninitialised storage for `Float`s, aligned for vector loads, that grows and is used again.
package final class FloatBuffer {
    private let bytes = ByteBuffer()

    package init() {}

    /// The first element.
    ///
    /// Valid until more room is reserved.
    package var start: UnsafeMutablePointer<Float> { bytes.start.assumingMemoryBound(to: Float.self) }

    /// Makes room for `count` elements with unspecified contents.
    ///
    /// Not while another thread uses the buffer.
    /// - Throws: `outOfMemory`; the buffer is then as it was.
    @discardableResult
    package func reserve(_ count: Int) throws(TensorError) -> UnsafeMutablePointer<Float> {
        try bytes.reserve(count, of: Float.self)
    }
}
