#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the terminal can show.
public enum Terminal {
    /// Whether what is written to standard output may have colours.
    public static var outputTakesControlSequences: Bool { takesControlSequences(STDOUT_FILENO) }

    /// Whether a line on standard error may be erased and written again.
    static let errorTakesControlSequences = takesControlSequences(STDERR_FILENO)

    private static func takesControlSequences(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
            && takesControlSequences(
                type: getenv("TERM").map { String(cString: $0) },
                noColor: getenv("NO_COLOR").map { String(cString: $0) }
            )
    }

    /// Whether a terminal gets anything but plain lines.
    ///
    /// - Parameters:
    ///   - type: the variable `TERM`: `dumb`, or none, is a terminal that knows no control sequences.
    ///   - noColor: the variable `NO_COLOR`: whoever sets it to anything wants plain text (https://no-color.org).
    /// - Returns: false for plain lines.
    static func takesControlSequences(type: String?, noColor: String?) -> Bool {
        !["", "dumb"].contains(type ?? "") && (noColor ?? "").isEmpty
    }
}
