#if canImport(Glibc)
    import Glibc
#endif

/// Memory for which the system is asked for pages of 2 MiB in place of 4 KiB.
///
/// A pass reads every weight once; with small pages it looks up an address for each 4 KiB of them. Linux grants large
/// pages on request where `/sys/kernel/mm/transparent_hugepage/enabled` says `madvise` or `always`; elsewhere this is
/// plain memory.
enum LargePages {
    static let size = 2 << 20

    /// Uninitialised memory of at least `byteCount` bytes, a whole number of large pages.
    static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let whole = (byteCount + size - 1) / size * size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: size)
        #if os(Linux)
            // A wish: when it is refused, the memory is as good as any other.
            _ = madvise(memory, whole, MADV_HUGEPAGE)
        #endif
        return memory
    }
}
