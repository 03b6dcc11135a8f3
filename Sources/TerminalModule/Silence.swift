/// How long a program has said nothing, so that a log gets neither a line for every step of long work nor none for an hour.
struct Silence {
    private static let longest: Duration = .seconds(60)

    private var start: ContinuousClock.Instant

    init(since start: ContinuousClock.Instant) { self.start = start }

    /// Whether it is time to say how far the work is.
    func isLong(at now: ContinuousClock.Instant) -> Bool { now - start >= Self.longest }

    /// Something is said.
    mutating func end(at now: ContinuousClock.Instant) { start = now }
}
