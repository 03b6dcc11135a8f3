import Foundation
import SafetensorsModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// `Experiments/default-model.sh` with a tiny model as teacher and student.
@Suite struct DefaultModelScriptTests {
    @Test func splitsTeachesTrainsAndAverages() throws {
        let checkpoint = try FormulaCheckpoint.trainable(layers: 2)
        let names = ["squad", "wiki", "reddit", "amazon", "qamr"]
        let directory = try ScratchDirectory()
        for (seed, name) in names.enumerated() {
            let data = try TinyArticles.data(articles: 4, seed: UInt64(seed))
            try Data(data.utf8).write(to: URL(filePath: directory.file("\(name).json")))
        }
        var configuration = TrainingConfiguration()
        configuration.model = checkpoint.path
        configuration.train = [directory.file("squad.json")]
        configuration.epochs = 1
        var options = RunOptions()
        options.output = directory.file("base")
        _ = try Trainer(configuration, options: options).run()
        let model = options.output + "/model"
        var environment = Dictionary(
            uniqueKeysWithValues: names.map { ($0.uppercased(), directory.file("\($0).json")) }
        )
        let output = URL(filePath: directory.file("output"))
        environment.merge(
            ["MODEL": model, "TEACHER": model, "OUTPUT": output.path, "QUESTIONS": "12 8", "WEIGHT": "0.25"]
        ) { $1 }
        func run() throws {
            _ = try ExperimentScript.run("default-model.sh", environment: environment, in: directory)
        }
        try run()

        let (taught, rest) = try (questions(output, "taught"), questions(output, "rest"))
        #expect(taught.count == 20 && rest.count == 20 && Set(taught + rest).count == 40)
        #expect(try questions(output, "documents").count > 20)

        let files = try [model, output.path + "/run/model", output.path + "/model"].map {
            try SafetensorsFile(path: $0 + "/model.safetensors")
        }
        let name = "encoder.layer.0.output.dense.weight"
        let full = try #require(files[0].tensorNames.first { $0.hasSuffix(name) })
        let values = try files.map { try $0.floats(named: full) }
        #expect(values[0] != values[1])
        for (mean, (before, after)) in zip(values[2], zip(values[0], values[1])) {
            #expect(abs(mean - (0.75 * before + 0.25 * after)) < 1e-6)
        }

        let slow = ["taught.json", "documents.json", "teacher.safetensors", "run/summary.json"]
        let dates = try ExperimentScript.modificationDates(of: output, atLeast: 10)
        try run()
        let again = try ExperimentScript.modificationDates(of: output, atLeast: 10)
        for file in slow {
            let before = try #require(dates[file], "\(file)")
            #expect(again[file] == before, "\(file)")
        }
    }

    /// The ids of the questions of a file.
    private func questions(_ folder: URL, _ name: String) throws -> [String] {
        let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let articles = try #require(object["data"] as? [[String: Any]])
        let paragraphs = articles.flatMap { $0["paragraphs"] as? [[String: Any]] ?? [] }
        return paragraphs.flatMap { $0["qas"] as? [[String: Any]] ?? [] }.compactMap { $0["id"] as? String }
    }
}
