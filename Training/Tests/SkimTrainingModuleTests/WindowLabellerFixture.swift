import EncoderModule
import QuestionAnsweringModule
import SafetensorsModule
import Testing
import TokenizerModule

@testable import SkimTrainingModule

enum WindowLabellerFixture {
    static func labeller(_ directory: String) throws -> WindowLabeller {
        try WindowLabeller(
            tokenizer: Tokenizer(directory: directory),
            encoder: EncoderConfiguration(directory: directory),
            settings: WindowSettings(maximumLength: 48, advance: .overlap(4))
        )
    }

    /// The windows of a file with the last position of every answer changed.
    static func withLastLabel(_ position: Int64, of path: String) throws -> PreparedWindows {
        let file = try SafetensorsFile(path: path)
        var writer = SafetensorsWriter(metadata: file.metadata)
        for name in file.tensorNames {
            var values = try file.integers(named: name)
            if name == "last" { values = values.map { _ in position } }
            writer.append(name, shape: [values.count], integers: values)
        }
        try writer.write(to: path)
        return try #require(PreparedWindows(path: path, source: "s"))
    }
}
