#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What hindered the reading or writing of a file.
///
/// The modules turn it into errors of their own, which name the path.
package struct FileError: Error, Equatable {
    /// What was tried.
    package enum Step: Equatable, Sendable {
        case open
        case read
        /// The path is that of the temporary file.
        case create(String)
        case write
        case bringToDisk
        case replace
        /// Another program writes to the file.
        case lock
        case remove
    }

    /// Why it failed.
    package enum Reason: Equatable, Sendable {
        /// The path has a NUL, at which the system would end it and take another file.
        case nulInPath
        case isDirectory
        case tooLarge(limitBytes: Int)
        /// The system's `errno`.
        case system(Int32)
    }

    package let step: Step
    package let reason: Reason

    /// Whether nothing is at the path.
    package var isMissing: Bool { reason == .system(ENOENT) || reason == .system(ENOTDIR) }
    /// Whether something is at the path where nothing should be.
    package var isAlreadyThere: Bool { step != .lock && reason == .system(EEXIST) }

    init(_ step: Step, _ reason: Reason) {
        self.step = step
        self.reason = reason
    }

    /// An error with the `errno` that the last call left.
    static func system(_ step: Step) -> FileError { FileError(step, .system(errno)) }
}

extension FileError.Step: CustomStringConvertible {
    package var description: String {
        switch self {
        case .open: "open"
        case .read: "read"
        case .create(let path): "create \(path)"
        case .write: "write"
        case .bringToDisk: "bring to the disk"
        case .replace: "replace"
        case .lock: "lock"
        case .remove: "remove"
        }
    }
}

extension FileError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nulInPath: "the path contains a NUL character"
        case .isDirectory: "it is a directory"
        case .tooLarge(let limitBytes): "it holds more than \(limitBytes) bytes"
        case .system(let code): systemMessage(code)
        }
    }
}

/// What the system says about an `errno`.
package func systemMessage(_ code: Int32) -> String {
    guard let message = strerror(code) else { return "error \(code)" }
    return String(cString: message)
}
