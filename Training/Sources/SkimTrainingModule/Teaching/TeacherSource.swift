import EncoderModule
import Foundation

/// What a teacher's logits depend on: when it is the same, so are they.
///
/// Files are known by their content, wherever they are.
struct TeacherSource: Codable, Equatable {
    /// Of the file's layout.
    var version = 1
    /// The hash of the model's weights and configuration.
    var teacher: String
    /// How windows are cut and tokenised, a fact an element.
    var windows: [String]
    /// The hashes of the data sets.
    var data: [String]
    /// The precision of products.
    var precision: TrainingConfiguration.Precision
    /// How the blocks are cut whose relevance is there.
    var blocks: String

    /// - Parameters:
    ///   - configuration: the teacher as `model`, and the data sets as `train`.
    ///   - encoder: its shape.
    /// - Throws: `unreadable`, `dataset`.
    init(_ configuration: TrainingConfiguration, encoder: EncoderConfiguration) throws(TrainingError) {
        var hash = SHA256()
        for name in try Self.files(ofModel: configuration.model) {
            hash.update(Array("\(name) \(try SHA256.hash(ofFile: "\(configuration.model)/\(name)"))\n".utf8))
        }
        teacher = hash.hexadecimal()
        windows = try Self.windows(configuration, encoder: encoder)
        data = []
        for file in configuration.train { data.append(try Self.hash(ofData: file)) }
        precision = configuration.precision
        blocks = Self.blocks(configuration)
    }

    /// How windows are cut and tokenised.
    static func windows(
        _ configuration: TrainingConfiguration,
        encoder: EncoderConfiguration
    ) throws(TrainingError) -> [String] {
        [
            "length \(min(configuration.maximumLength, encoder.maximumPositions))",
            "overlap \(configuration.overlap)",
        ] + (try WindowPreparation.tokenizerFacts(ofModel: configuration.model))
    }

    /// The hash of a data set.
    static func hash(ofData file: String) throws(TrainingError) -> String {
        try DataFile.check(file)
        return try SHA256.hash(ofFile: file)
    }

    /// How the blocks of a run are cut.
    static func blocks(_ configuration: TrainingConfiguration) -> String {
        "\(configuration.blockSize) tokens, \(configuration.blockLayout)"
    }

    /// All that is of another teacher, other windows or other data, each named.
    func differences(from other: TeacherSource) -> [String] {
        var differences: [String] = []
        if teacher != other.teacher { differences.append("the teacher is another") }
        if data != other.data { differences.append("the data are others") }
        let now = windows.filter { !other.windows.contains($0) }
        let before = other.windows.filter { !windows.contains($0) }
        if !(now + before).isEmpty {
            differences.append("the windows are others, now \(now.joined(separator: ", "))")
            differences.append("before \(before.joined(separator: ", "))")
        }
        if precision != other.precision {
            differences.append("--precision is \(precision.rawValue) and was \(other.precision.rawValue)")
        }
        if differences.isEmpty, self != other { differences.append("it has another layout") }
        return differences
    }

    /// The files that decide what a model computes, in alphabetical order.
    private static func files(ofModel directory: String) throws(TrainingError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { name in
                ["config.json", "blockskim.json"].contains(name)
                    || name.hasPrefix("model") && name.hasSuffix(".safetensors")
                    || name.hasPrefix("pytorch_model") && name.hasSuffix(".bin")
            }.sorted()
        } catch {
            throw .unreadable(path: directory, reason: RunDirectory.reason(error))
        }
    }

    /// As it stands in files.
    var text: String {
        get throws(TrainingError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try TrainingError.wrapping { try encoder.encode(self) }, as: UTF8.self)
        }
    }

    /// What ``text`` says; nil when it is no such text.
    init?(text: String) {
        guard let source = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)), source.version == 1
        else { return nil }
        self = source
    }
}
