import Foundation

extension TrainingConfiguration {
    /// The configuration that a run keeps.
    ///
    /// - Parameter directory: the run.
    /// - Throws: `unreadable`, `otherVersion`.
    public init(run directory: String) throws(TrainingError) {
        try self.init(file: RunDirectory(existingAt: directory).configurationFile)
    }

    /// A configuration as a run writes it.
    ///
    /// A setting that this version does not know is an error, since a run without it would compute something else.
    ///
    /// - Throws: `unreadable`; `otherVersion` when a setting is missing, unknown or has an unknown value.
    public init(file path: String) throws(TrainingError) {
        let data = try RunDirectory.read(path)
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any],
            object["model"] is String, object["train"] is [String]
        else { throw .unreadable(path: path, reason: "it is not the configuration of a run") }
        let known = Set(Mirror(reflecting: Self()).children.compactMap(\.label))
        var differences = object.keys.filter { !known.contains($0) }.sorted().map { "\($0) is unknown here" }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            differences.append("\(key.stringValue) is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context)
        {
            let key = context.codingPath.first?.stringValue ?? "a setting"
            differences.append("\(key) has a value that is unknown here")
        } catch {
            differences.append(RunDirectory.reason(error))
        }
        guard differences.isEmpty else { throw .otherVersion(path: path, differences: differences) }
    }
}
