/// Uninitialised memory, aligned for vector loads, that grows and is used again.
final class ByteBuffer {
    private(set) var start = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    private var capacity = 0

    deinit { start.deallocate() }

    /// Makes room for `count` elements with unspecified contents; what the buffer held is lost.
    ///
    /// - Throws: `outOfMemory`; the buffer is then as it was.
    func reserve<Element: BitwiseCopyable>(
        _ count: Int,
        of type: Element.Type
    ) throws(TensorError) -> UnsafeMutablePointer<Element> {
        let (byteCount, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !isTooLarge else { throw .outOfMemory(byteCount: .max) }
        if byteCount > capacity {
            // A window of one size is often followed by one that is a little larger.
            let (wanted, overflow) = byteCount.addingReportingOverflow(byteCount / 8)
            let size = overflow ? byteCount : wanted
            let memory = try AlignedMemory.allocate(byteCount: size)
            start.deallocate()
            (start, capacity) = (memory, size)
        }
        return start.assumingMemoryBound(to: Element.self)
    }
}
