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
    private static let wanted = Atomic<Int32>(0)
    /// What the handler says, which may not touch anything that Swift manages.
    nonisolated(unsafe) private static var message: UnsafeMutableBufferPointer<UInt8>?

    /// Whether to stop after what is being done.
    public static var isRequested: Bool { wanted.load(ordering: .relaxed) != 0 }

    /// The exit status of a program that a signal made stop, 128 and the signal's number; nil when none came.
    public static var exitStatus: Int32? {
        let signal = wanted.load(ordering: .relaxed)
        return signal == 0 ? nil : 128 + signal
    }

    /// From now on the first SIGINT or SIGTERM asks; the second ends the process as usual.
    ///
    /// - Parameter message: what the first one says at once on standard error; nil for nothing.
    public static func listen(saying message: String? = nil) {
        if let message {
            let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: message.utf8.count)
            _ = bytes.initialize(from: message.utf8)
            Interrupt.message = bytes
        }
        // Whoever started the program may have blocked them.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { number in
                Interrupt.wanted.store(number, ordering: .relaxed)
                if let message = Interrupt.message {
                    _ = write(STDERR_FILENO, message.baseAddress, message.count)
                }
                signal(number, SIG_DFL)
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
