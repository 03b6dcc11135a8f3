import BlockSkimModule
import Foundation
import TorchModule

/// `README.md` of an exported model: from what, with what and by what it was made, and how good it was.
struct ModelCard {
    private let configuration: TrainingConfiguration
    private let progress: TrainingCheckpoint.Progress
    private let scores: ModelEvaluation.Scores?

    /// A card; without development data there are no scores.
    init(
        _ configuration: TrainingConfiguration,
        _ progress: TrainingCheckpoint.Progress,
        _ scores: ModelEvaluation.Scores?
    ) {
        self.configuration = configuration
        self.progress = progress
        self.scores = scores
    }

    /// Writes the card into a model's directory.
    ///
    /// - Throws: `unwritable`; `unreadable` when data that it names are gone.
    func write(to directory: String) throws(TrainingError) {
        try RunDirectory.write(Data(text().utf8), to: directory + "/README.md")
    }

    private func text() throws(TrainingError) -> String {
        let options = configuration.options.map { ([$0.name] + $0.values).joined(separator: " ") }
        return """
            # \(URL(filePath: configuration.model).lastPathComponent), fine-tuned to answer questions\
            \(configuration.classifier != .none ? " and to skim" : "")

            Made by blockskim-train \(BlockSkimVersion.current) (libtorch \(Torch.version)) on \(timeStamp()), after step \
            \(progress.step), on \(configuration.device == .cpu ? Self.processor : configuration.device.rawValue).

            ## Data

            | file | used for | SHA-256 |
            |---|---|---|
            \(try rows())

            ## Figures

            \(scores.map(figures) ?? "Nothing was measured.")

            ## Settings

            ```
            blockskim-train train \(options.joined(separator: " \\\n    "))
            ```

            """
    }

    private func rows() throws(TrainingError) -> String {
        var rows: [String] = []
        let teacher = [configuration.teacher].compactMap(\.self)
        for (files, use) in [
            (configuration.train, "training"), (teacher, "training, a teacher's logits"),
            (configuration.dev, "measuring"),
        ] {
            for file in files {
                let name = URL(filePath: file).lastPathComponent
                rows.append("| \(name) | \(use) | \(try SHA256.hash(ofFile: file)) |")
            }
        }
        return rows.joined(separator: "\n")
    }

    private func figures(_ scores: ModelEvaluation.Scores) -> String {
        func text(_ value: Double) -> String { String(format: "%.2f", value) }
        var lines = ["| data | questions | rules | EM | F1 |", "|---|---|---|---|---|"]
        for file in scores.files {
            let name = URL(filePath: file.file).lastPathComponent
            lines.append(
                "| \(name) | \(file.questions) | \(file.rules.rawValue) | \(text(file.exactMatch)) | \(text(file.f1)) |"
            )
        }
        if let skimmed = scores.skimmed {
            lines += [
                "",
                "Dense. As `blockskim.json` skims: EM \(text(skimmed.exactMatch)), F1 \(text(skimmed.f1)) with"
                    + " \(text(100 * skimmed.keptFraction)) % of the tokens kept.",
            ]
        }
        return lines.joined(separator: "\n")
    }

    /// What the system calls the processor.
    private static var processor: String {
        let lines =
            (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "a processor without a name"
    }
}
