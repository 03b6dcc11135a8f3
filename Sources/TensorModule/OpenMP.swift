#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The thread count of the OpenMP runtime that oneDNN was built with.
///
/// It is looked up at run time because oneDNN can also be built with another runtime or none; then nothing needs
/// to be set.
package enum OpenMP {
    private typealias SetThreads = @convention(c) (Int32) -> Void
    private typealias GetThreads = @convention(c) () -> Int32

    private static let setter = symbol("omp_set_num_threads").map { unsafeBitCast($0, to: SetThreads.self) }
    private static let getter = symbol("omp_get_max_threads").map { unsafeBitCast($0, to: GetThreads.self) }

    /// The processors that this process may run on.
    static let processorCount: Int? = symbol("omp_get_num_procs")
        .map { Int(unsafeBitCast($0, to: GetThreads.self)()) }

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer? {
        dlsym(UnsafeMutableRawPointer(bitPattern: 0), name)
    }

    /// Sets how many threads the calling thread's next primitives use.
    ///
    /// - Returns: The count before.
    @discardableResult
    package static func setThreads(_ count: Int) -> Int {
        guard let setter, let getter else { return count }
        let before = Int(getter())
        if before != count { setter(Int32(count)) }
        return before
    }
}
