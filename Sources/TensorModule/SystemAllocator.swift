import CKernels

/// What the C library does with memory that was freed; only glibc takes advice.
package enum SystemAllocator {
    /// Keeps it for later use, large pieces too.
    ///
    /// For programs, since it changes the whole process. Loading a model makes and drops an array for each tensor. By default glibc
    /// maps and unmaps each of them, so that each of their pages is a fault: 18,600 for a whole call of `answer` in place of
    /// 4,900.
    package static func keepFreedMemory() { blockskim_keep_freed_memory() }

    /// Gives it back to the system.
    package static func returnFreedMemory() { blockskim_return_freed_memory() }
}
