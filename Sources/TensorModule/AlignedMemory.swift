#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory that vector loads like; where it is large, pages of 2 MiB in place of 4 KiB are asked for.
///
/// A pass reads every weight once; with small pages it looks up an address for each 4 KiB of them. Linux grants large
/// pages on request where `/sys/kernel/mm/transparent_hugepage/enabled` says `madvise` or `always`; elsewhere this is
/// plain memory.
enum AlignedMemory {
    /// The bytes of one cache line and one AVX-512 register.
    static let alignment = 64
    static let largePage = 2 << 20

    /// Uninitialised memory of at least `byteCount` bytes, to be given back with `deallocate()`.
    ///
    /// - Throws: `outOfMemory`.
    static func allocate(byteCount: Int) throws(TensorError) -> UnsafeMutableRawPointer {
        let (padded, isTooLarge) = byteCount.addingReportingOverflow(largePage - 1)
        // A large page that would mostly stand empty is left out.
        let large = (padded &- largePage / 4 * 3) / largePage * largePage
        let unit = large > 0 ? largePage : alignment
        var memory: UnsafeMutableRawPointer?
        guard !isTooLarge, posix_memalign(&memory, unit, max(large, byteCount)) == 0, let memory else {
            throw .outOfMemory(byteCount: byteCount)
        }
        #if os(Linux)
            // A wish: when it is refused, the memory is as good as any other.
            if large > 0 { _ = madvise(memory, large, MADV_HUGEPAGE) }
        #endif
        return memory
    }
}
