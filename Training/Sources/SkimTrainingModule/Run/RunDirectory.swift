import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The files of a run, and how they are written.
struct RunDirectory {
    let path: String
    /// nil where another process leads.
    private let lock: RunLock?
    /// Whether this process made it.
    private let isNew: Bool

    var configurationFile: String { path + "/configuration.json" }
    var metricsFile: String { path + "/metrics.jsonl" }
    /// The same as a table.
    var metricsTable: String { path + "/metrics.csv" }
    var summaryFile: String { path + "/summary.json" }
    var windowsFile: String { path + "/windows.safetensors" }
    var checkpoints: String { path + "/checkpoints" }
    /// The exported model: the best when there are development data, else the last.
    var model: String { path + "/model" }
    /// A model that is not measured yet.
    var candidate: String { model + Self.partialSuffix }
    /// The answers of the exported model to the questions of a development file, id → text.
    func predictionsFile(_ name: String) -> String { "\(path)/\(Self.predictionsPrefix)\(name).json" }

    /// What may become of a directory that is not empty.
    enum Existing: Sendable {
        /// It is an error.
        case reject
        /// Its run is continued.
        case resume
        /// Its run is removed, by ``begin()``.
        case overwrite
    }

    /// Opens the directory, making it if needed, and keeps other processes out.
    ///
    /// Nothing of a run in it has changed until ``begin()``.
    ///
    /// - Throws: `outputNotEmpty`, `nothingToResume`, `locked`, `unwritable`.
    init(path: String, existing: Existing) throws(TrainingError) {
        self.path = path
        let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
        isNew = contents == nil
        switch existing {
        case .reject:
            let others = (contents ?? []).filter { $0 != RunLock.name && !$0.hasSuffix(Self.partialSuffix) }
            guard others.isEmpty else { throw .outputNotEmpty(directory: path) }
        case .resume:
            guard FileManager.default.fileExists(atPath: path + "/configuration.json") else {
                throw .nothingToResume(directory: path)
            }
        case .overwrite: break
        }
        try Self.make(path)
        lock = try RunLock(directory: path)
    }

    /// Readies the directory for steps: removes a run that is overwritten, and what an interrupted write left behind.
    ///
    /// - Throws: `unwritable`.
    func begin(_ existing: Existing) throws(TrainingError) {
        if existing == .overwrite {
            // Only what a run makes, whatever else is there.
            let predictions = contents(of: path).filter { $0.hasPrefix(Self.predictionsPrefix) }
            for file in [
                configurationFile, metricsFile, metricsTable, summaryFile, windowsFile, checkpoints, model,
                plots,
            ] + predictions.map({ "\(path)/\($0)" }) where FileManager.default.fileExists(atPath: file) {
                try Self.remove(file)
            }
        }
        try Self.make(checkpoints)
        for directory in [path, checkpoints] {
            for name in contents(of: directory) where name.hasSuffix(Self.partialSuffix) {
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

    private func contents(of directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    /// Takes back what opening made, when a run could not begin.
    func abandon() {
        guard lock != nil else { return }
        let remains = isNew ? [path] : [candidate]
        for path in remains { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The directory as another process opened it.
    init(existingAt path: String) {
        self.path = path
        lock = nil
        isNew = false
    }

    /// Where the plots are.
    var plots: String { path + "/plots" }

    static let partialSuffix = ".partial"
    private static let oldSuffix = ".old"
    private static let predictionsPrefix = "predictions-"

    /// Makes a directory and those above it.
    static func make(_ directory: String) throws(TrainingError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: directory, reason: reason(error))
        }
    }

    /// Checks that files of a directory can be made and replaced, before the work whose results go there.
    static func checkWritable(_ directory: String) throws(TrainingError) {
        guard access(directory, W_OK | X_OK) == 0 else {
            throw .unwritable(path: directory, reason: String(cString: strerror(errno)))
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

    /// The system's own words for an error of Foundation, whose own are for programmers.
    static func reason(_ error: any Error) -> String {
        if case EncodingError.invalidValue(_, let context) = error { return context.debugDescription }
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return reason(cause) }
        return switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: String(cString: strerror(ENOENT))
        case .fileReadNoPermission, .fileWriteNoPermission: String(cString: strerror(EACCES))
        case .fileWriteFileExists: String(cString: strerror(EEXIST))
        case .fileWriteOutOfSpace: String(cString: strerror(ENOSPC))
        case .fileWriteVolumeReadOnly: String(cString: strerror(EROFS))
        default: "the system refuses it"
        }
    }
}
