import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether the user, or the system, asked the program to stop.
public enum Interrupt {
    private static let isWanted = Atomic(false)

    /// Whether to stop after what is being done.
    public static var isRequested: Bool { isWanted.load(ordering: .relaxed) }

    /// From now on the first SIGINT or SIGTERM asks; the second ends the process as usual.
    public static func listen() {
        // Whoever started the program may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { number in
                Interrupt.isWanted.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
