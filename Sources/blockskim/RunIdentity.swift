import BlockSkim
import DatasetModule
import EvaluationModule
import FileModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension PredictionJournal.Identity {
    /// The identity of a run, by content: a moved file is the same, a changed one is another.
    ///
    /// - Parameters:
    ///   - path: The data set; of what can be read only once nothing is known.
    ///   - directory: The checkpoint.
    ///   - settings: How questions are answered.
    /// - Throws: What reading the files throws.
    init(datasetFile path: String, checkpoint directory: String, settings: String) throws {
        let dataset = AtomicFile.replacesWhatIs(at: path) ? try Self.content(of: path) : "a stream"
        let kinds = ["json", "txt", "model", "safetensors", "bin"]
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted().filter { name in
            kinds.contains { name.hasSuffix("." + $0) }
        }
        let contents = try files.map { try "\($0) \(Self.content(of: "\(directory)/\($0)"))" }
        let model = (["blockskim \(BlockSkimVersion.current)"] + contents).joined(separator: ", ")
        self.init(dataset: dataset, model: model, settings: settings)
    }

    private static func content(of path: String) throws -> String {
        let checksum = try FileChecksum(path: path)
        return "\(checksum.byteCount) bytes \(String(checksum.crc32, radix: 16))"
    }
}
