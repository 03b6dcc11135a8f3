import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The files of a run, and how they are written.
struct RunDirectory {
    let path: String

    var configurationFile: String { path + "/configuration.json" }
    var metricsFile: String { path + "/metrics.jsonl" }
    var summaryFile: String { path + "/summary.json" }
    var windowsFile: String { path + "/windows.safetensors" }
    var checkpoints: String { path + "/checkpoints" }
    /// The exported model: the best by F1 when there are development data, else the last.
    var model: String { path + "/model" }

    /// What may become of a directory that is not empty.
    enum Existing: Sendable {
        /// It is an error.
        case reject
        /// Its run is continued.
        case resume
        /// Its run is removed.
        case overwrite
    }

    /// Opens the directory, making it if needed, and removes what an interrupted write left behind.
    ///
    /// - Throws: `outputNotEmpty`, `nothingToResume`, `unwritable`, `unreadable`.
    init(path: String, existing: Existing) throws(TrainingError) {
        self.path = path
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        switch existing {
        case .reject:
            guard contents.isEmpty else { throw .outputNotEmpty(directory: path) }
        case .resume:
            guard FileManager.default.fileExists(atPath: configurationFile) else {
                throw .nothingToResume(directory: path)
            }
        case .overwrite:
            // Only what a run makes, whatever else is there.
            for file in [configurationFile, metricsFile, summaryFile, windowsFile, checkpoints, model, plots]
            where FileManager.default.fileExists(atPath: file) {
                try Self.remove(file)
            }
        }
        try Self.make(checkpoints)
        for directory in [path, checkpoints] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            where name.hasSuffix(Self.partialSuffix) {
                try Self.remove(directory + "/" + name)
            }
        }
        // A kill between the two renames of `replace` leaves the old directory beside its place.
        let old = model + Self.oldSuffix
        if FileManager.default.fileExists(atPath: old) {
            if FileManager.default.fileExists(atPath: model) {
                try Self.remove(old)
            } else {
                try Self.rename(old, model)
            }
        }
    }

    /// The directory as another process opened it.
    init(existingAt path: String) { self.path = path }

    /// Where the plots are.
    var plots: String { path + "/plots" }

    static let partialSuffix = ".partial"
    private static let oldSuffix = ".old"

    /// Makes a directory and those above it.
    static func make(_ directory: String) throws(TrainingError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: directory, reason: reason(error))
        }
    }

    static func remove(_ path: String) throws(TrainingError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .unwritable(path: path, reason: reason(error))
        }
    }

    static func read(_ path: String) throws(TrainingError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path: path, reason: reason(error))
        }
    }

    /// Writes a file under a temporary name and renames it.
    static func write(_ data: Data, to path: String) throws(TrainingError) {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: reason(error))
        }
    }

    /// Gives a file or directory another name, which nothing may have.
    static func rename(_ path: String, _ newPath: String) throws(TrainingError) {
        guard Glibc.rename(path, newPath) == 0 else {
            throw .unwritable(path: newPath, reason: String(cString: strerror(errno)))
        }
    }

    /// Puts a directory in the place of another, which is there again after a kill at any moment.
    static func replace(_ path: String, with newPath: String) throws(TrainingError) {
        let old = path + oldSuffix
        if FileManager.default.fileExists(atPath: path) {
            if FileManager.default.fileExists(atPath: old) { try remove(old) }
            try rename(path, old)
        }
        try rename(newPath, path)
        if FileManager.default.fileExists(atPath: old) { try remove(old) }
    }

    private static func reason(_ error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let cause, cause.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(cause.code)))
        }
        return "\(error.localizedDescription)"
    }
}
