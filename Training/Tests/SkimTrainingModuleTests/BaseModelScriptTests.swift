import Foundation
import Testing
import TrainingTestSupport

/// `Experiments/base-model.sh` with a tiny model in the place of the base model.
@Suite struct BaseModelScriptTests {
    private func run(_ steps: [String], in directory: ScratchDirectory, model: String) throws -> String {
        let environment = [
            "MODEL": model, "STUDENT": model, "TRAIN": directory.file("train.json"),
            "DEV": directory.file("dev.json"), "QED": directory.file("qed.json"),
            "OUTPUT": directory.file("output"), "LAYERS": "4", "ENGINE": "/bin/false",
        ]
        return try ExperimentScript.run("base-model.sh", steps, environment: environment, in: directory)
    }

    @Test func trainsChoosesTeachesAndRepeatsNothing() throws {
        let model = try FormulaCheckpoint.trainable(layers: 6)
        let directory = try ScratchDirectory([
            "train.json": TinyArticles.data(articles: 13, seed: 1),
            "dev.json": TinyArticles.data(articles: 24, seed: 2),
            "qed.json": TinyArticles.data(articles: 1, seed: 3),
        ])
        let steps = ["train", "skim", "teach"]
        let tables = try run(steps, in: directory, model: model.path)
        for row in [
            "| with-block-loss |", "| without-block-loss |", "| hidden-states | 4 |", "| student-taught |",
            "| student-half | 3 |",
        ] {
            #expect(tables.contains(row), "\(row)\n\(tables)")
        }
        let output = URL(filePath: directory.file("output"))
        // What figures are of was not chosen on.
        #expect(try titles(output.appending(path: "dev-1-12.json")) == (0..<12).map { "article \($0)" })
        #expect(try titles(output.appending(path: "dev-13-24.json")) == (12..<24).map { "article \($0)" })
        let changed = try ExperimentScript.modificationDates(of: output, atLeast: 50)
        // The second time there are no reports of work before the tables.
        let again = try run(steps, in: directory, model: model.path)
        #expect(again.hasPrefix("\nTraining\n") && tables.hasSuffix(again))
        #expect(try ExperimentScript.modificationDates(of: output, atLeast: 50) == changed)
    }

    private func titles(_ file: URL) throws -> [String?] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return try #require(object?["data"] as? [[String: Any]]).map { $0["title"] as? String }
    }
}
