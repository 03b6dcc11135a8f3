import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a program says beside its output: lines that stay, and one line of progress that is redrawn in place.
///
/// Where no line can be redrawn, as in a file, progress is a line of its own, and comes only after a minute of silence.
public enum StandardError {
    /// Whether somebody watches a terminal that can redraw a line.
    public static var redrawsProgress: Bool { Terminal.errorTakesControlSequences }

    /// Goes to the start of the line and erases it.
    private static let eraseLine = "\r\u{1B}[K"
    /// Whether a line of progress stands there, to be overwritten.
    private static let hasProgress = Mutex(false)
    private static let silence = Mutex(Silence(since: .now))

    /// Writes a line, in place of the line of progress if there is one.
    public static func write(_ line: String) {
        silence.withLock { $0.end(at: .now) }
        replaceProgress(by: line + "\n", isProgress: false)
    }

    /// Replaces the line of progress, or writes one after long silence.
    ///
    /// - Parameter text: The line, asked for only when it is shown.
    public static func showProgress(_ text: @autoclosure () -> String) {
        if redrawsProgress {
            replaceProgress(by: text(), isProgress: true)
        } else if silence.withLock({ $0.isLong(at: .now) }) {
            write(text())
        }
    }

    /// Takes the line of progress away.
    public static func clearProgress() {
        replaceProgress(by: "", isProgress: false)
    }

    private static func replaceProgress(by text: String, isProgress: Bool) {
        hasProgress.withLock { hasProgress in
            var text = (hasProgress || isProgress ? eraseLine : "") + text
            hasProgress = isProgress
            // What cannot be said is lost: there is nowhere to say so.
            text.withUTF8 { _ = systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }
}

/// The C function, which the method of the same name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
