import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The directory where a command puts what it measured.
///
/// One that was made and into which nothing came is removed with the object.
public final class ReportDirectory: Sendable {
    private let path: String
    private let isNew: Bool

    /// Makes the directory if needed: one that cannot be written is known before anything is measured.
    ///
    /// - Throws: `unwritable`.
    public init(_ path: String) throws(TrainingError) {
        self.path = path
        isNew = !FileManager.default.fileExists(atPath: path)
        try RunDirectory.make(path)
        try RunDirectory.checkWritable(path)
    }

    deinit { if isNew { rmdir(path) } }

    /// Writes findings as JSON.
    ///
    /// - Parameters:
    ///   - findings: what was measured.
    ///   - name: the file's.
    /// - Returns: the path of the file.
    /// - Throws: `unwritable`; `unreadable` for a number that JSON does not have.
    public func write(_ findings: some Encodable, to name: String) throws(TrainingError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = try TrainingError.wrapping { try encoder.encode(findings) }
        let file = "\(path)/\(name)"
        try RunDirectory.write(text + [UInt8(ascii: "\n")], to: file)
        return file
    }
}
