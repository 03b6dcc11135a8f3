import BlockSkimModule
import Foundation

/// The `blockskim.json` of a model, into which calibration writes what it found.
enum CalibrationFile {
    /// Changes it, and nothing in it that `body` leaves alone.
    ///
    /// - Throws: `unreadable`, `unwritable`, and what `body` throws.
    static func change(inModel directory: String, _ body: (inout [String: Any]) throws -> Void) throws {
        let path = directory + "/" + SkimConfiguration.fileName
        let data = try RunDirectory.read(path)
        guard var object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw TrainingError.unreadable(path: path, reason: "it is not a JSON object")
        }
        try body(&object)
        let text = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
        try RunDirectory.write(text + [UInt8(ascii: "\n")], to: path)
    }

    /// What a value looks like there.
    static func json(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }
}
