import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is said on standard error.
enum Terminal {
    private static let isTerminal = isatty(STDERR_FILENO) == 1
    /// Whether a line of progress stands there, to be overwritten.
    private static let hasProgress = Mutex(false)

    /// Writes a line.
    static func say(_ line: String) {
        hasProgress.withLock { hasProgress in
            write((hasProgress ? "\r\u{1B}[K" : "") + line + "\n")
            hasProgress = false
        }
    }

    /// Replaces the line of progress; does nothing where there is no terminal.
    static func showProgress(_ text: String) {
        guard isTerminal else { return }
        hasProgress.withLock { hasProgress in
            write("\r\u{1B}[K" + text)
            hasProgress = true
        }
    }

    private static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// Whether the user, or the system, asked to stop.
enum Interrupt {
    private static let isWanted = Atomic(false)

    /// Whether to stop after what is being done.
    static var isRequested: Bool { isWanted.load(ordering: .relaxed) }

    /// From now on the first SIGINT or SIGTERM asks; the second ends the process as usual.
    static func listen() {
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
