#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many threads one answer may use.
public struct ThreadBudget: Sendable, Equatable {
    /// At least 1.
    public let threads: Int

    /// A budget of `threads` threads; `nil` when that is less than one.
    public init?(threads: Int) {
        guard threads >= 1 else { return nil }
        self.threads = threads
    }

    private init(allOf cores: Int) { threads = max(1, cores) }

    /// One thread for each physical core that this process may run on.
    public static let physicalCores = ThreadBudget(allOf: physicalCoreCount())

    /// Counts the cores of the machine, two hardware threads of one core once, and at most as many as the process may
    /// run on.
    private static func physicalCoreCount() -> Int {
        let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        #if canImport(Glibc)
            let cores = Set((0..<online).map { siblings(ofProcessor: $0) ?? "\($0)" }).count
        #else
            let cores = online
        #endif
        return min(cores, OpenMP.processorCount ?? cores)
    }

    #if canImport(Glibc)
        /// The hardware threads of the core that a processor belongs to, as the kernel lists them.
        private static func siblings(ofProcessor processor: Int) -> String? {
            let path = "/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list"
            guard let file = fopen(path, "r") else { return nil }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 64)
            guard fgets(&line, Int32(line.count), file) != nil else { return nil }
            return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    #endif
}
