/// How many threads one answer may use.
public struct ThreadBudget: Sendable, Equatable {
    /// At least 1.
    public let threads: Int

    /// A budget of `threads` threads; `nil` when that is less than one.
    public init?(threads: Int) {
        guard threads >= 1 else { return nil }
        self.threads = threads
    }

    private init(_ processors: ProcessorCount) { threads = processors.physicalCores }

    /// One thread for each physical core that this process may run on: at most as many as its affinity mask has and as
    /// the quota of its container grants.
    public static let physicalCores = ThreadBudget(ProcessorCount())
}
