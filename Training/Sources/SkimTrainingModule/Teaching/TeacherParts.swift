import Foundation
import SafetensorsModule

/// The parts of a teacher's file that are done, in a directory beside it: what a run that was killed goes on from.
struct TeacherParts {
    /// The windows of a part.
    static let windowCount = 64

    private let directory: String
    private let lock: RunLock

    /// Where the parts of a file are.
    static func directory(ofFile path: String) -> String { path + ".parts" }

    /// Whether a file was begun and is not finished.
    static func exist(forFile path: String) -> Bool {
        FileManager.default.fileExists(atPath: sourceFile(directory(ofFile: path)))
    }

    private static func sourceFile(_ directory: String) -> String { directory + "/source.json" }

    /// Opens the directory, making it if needed, and keeps other processes out.
    ///
    /// - Parameters:
    ///   - path: the file that is made of the parts.
    ///   - source: what it depends on.
    ///   - existing: what becomes of parts that are there.
    /// - Throws: `locked`, `unwritable`; `otherTeaching` when parts to go on with were begun with something else.
    init(
        ofFile path: String,
        source: TeacherSource,
        existing: RunDirectory.Existing
    ) throws(TrainingError) {
        directory = Self.directory(ofFile: path)
        let file = Self.sourceFile(directory)
        try RunDirectory.make(directory)
        lock = try RunLock(directory: directory)
        if existing == .resume, FileManager.default.fileExists(atPath: file) {
            let text = String(decoding: try RunDirectory.read(file), as: UTF8.self)
            guard let before = TeacherSource(text: text) else {
                throw .unreadable(
                    path: file,
                    reason: "it does not say what was begun; start anew with --overwrite"
                )
            }
            guard before == source else {
                throw .otherTeaching(path: path, differences: source.differences(from: before))
            }
            return
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name != RunLock.name { try RunDirectory.remove("\(directory)/\(name)") }
        try RunDirectory.write(Data(try source.text.utf8), to: file)
    }

    private func file(ofPart part: Int) -> String { "\(directory)/part-\(part).safetensors" }

    /// A part that is done; nil when it is not, or is damaged.
    func logits(ofPart part: Int, tokenCounts: some Collection<Int>) -> TeacherLogits? {
        guard let file = try? SafetensorsFile(path: file(ofPart: part)) else { return nil }
        return try? TeacherLogits(file, tokenCounts: tokenCounts)
    }

    /// Keeps a part.
    ///
    /// - Throws: `safetensors`.
    func write(_ logits: TeacherLogits, asPart part: Int) throws(TrainingError) {
        var writer = SafetensorsWriter()
        logits.append(to: &writer)
        do {
            try writer.write(to: file(ofPart: part))
        } catch {
            throw .safetensors(error)
        }
    }

    /// Removes them all.
    ///
    /// - Throws: `unwritable`.
    func remove() throws(TrainingError) { try RunDirectory.remove(directory) }
}
