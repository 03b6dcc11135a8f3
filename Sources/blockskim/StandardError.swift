#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the program says beside its output.
enum StandardError {
    /// Whether somebody watches.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Writes a line, in place of a progress line if there is one.
    static func write(_ line: String) {
        print((isTerminal ? ProgressLine.clear : "") + line + "\n")
    }

    /// Writes text as it is.
    static func print(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = systemWrite(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

/// The C function, which the method of the same name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
