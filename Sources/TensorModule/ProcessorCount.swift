#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many threads the process can really have at work at once.
///
/// Not the processors of the machine: a container or `taskset` can withhold some of them, a container can grant time
/// of a few only, and two hardware threads of one core share the units that multiply.
struct ProcessorCount {
    private let files: SystemFile
    private let quota: ContainerQuota
    /// - Parameter root: `/`, or a directory with a `proc` and a `sys` of its own.
    init(root: String = "/") {
        files = SystemFile(root: root)
        quota = ContainerQuota(root: root)
    }

    /// The physical cores that the process may run on, and no more than its container grants time of; at least 1.
    var physicalCores: Int {
        let allowed = affinity ?? Self.onlineProcessors()
        let cores = Set(allowed.map { siblings(ofProcessor: $0) ?? "\($0)" }).count
        return max(1, min(cores, quota.processors ?? cores))
    }

    /// The hardware threads of the core that a processor belongs to, as the kernel lists them.
    private func siblings(ofProcessor processor: Int) -> String? {
        files.firstLine(of: "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list")
            .map(String.init)
    }

    /// The processors in the affinity mask of the process, which `taskset` and cpusets set.
    ///
    /// The mask of `sched_getaffinity`, as the kernel writes it down: "0-3,8" are 0, 1, 2, 3 and 8. nil when it cannot
    /// be read or does not make sense.
    private var affinity: [Int]? {
        let key = "Cpus_allowed_list:"
        guard let line = files.lines(of: "/proc/self/status")?.first(where: { $0.hasPrefix(key) }) else {
            return nil
        }
        let list = line.dropFirst(key.count).filter { !$0.isWhitespace }
        var processors: [Int] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
            guard 0 <= first, first <= last, last < Self.largestCount else { return nil }
            processors += first...last
        }
        return processors
    }

    /// More processors than any kernel can be built for.
    private static let largestCount = 1 << 16

    private static func onlineProcessors() -> [Int] {
        Array(0..<max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }
}
