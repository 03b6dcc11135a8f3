import Foundation
import Testing
import TrainingTestSupport

/// `Experiments/base-model.sh` with a tiny model in the place of the base model.
@Suite struct BaseModelScriptTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Experiments/base-model.sh").standardizedFileURL

    private func run(_ steps: [String], in directory: ScratchDirectory, model: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [Self.script.path] + steps
        let environment = [
            "MODEL": model, "STUDENT": model, "TRAIN": directory.file("train.json"),
            "DEV": directory.file("dev.json"), "QED": directory.file("qed.json"),
            "OUTPUT": directory.file("output"), "TRAINER": TinyRun.program.path, "ENGINE": "/bin/false",
            "BLOCKSKIM_PYTHON": "/bin/true", "OMP_WAIT_POLICY": "passive",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), try FileHandle(forWritingTo: URL(filePath: directory.file("errors"))))
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let error = try String(contentsOfFile: directory.file("errors"), encoding: .utf8)
        try #require(process.terminationStatus == 0, "\(error)")
        return said
    }

    @Test func trainsChoosesTeachesAndRepeatsNothing() throws {
        var sizes = FormulaCheckpoint.Sizes()
        (sizes.layers, sizes.positions) = (6, 512)
        let model = try FormulaCheckpoint(sizes: sizes)
        try TinyVocabulary.write(to: model.path)
        let directory = try ScratchDirectory([
            "train.json": TinyArticles.data(articles: 13, seed: 1),
            "dev.json": TinyArticles.data(articles: 24, seed: 2),
            "qed.json": TinyArticles.data(articles: 1, seed: 3), "errors": "",
        ])
        let steps = ["train", "skim", "teach"]
        let tables = try run(steps, in: directory, model: model.path)
        for row in [
            "| with-block-loss |", "| without-block-loss |", "| hidden-states | 6 |", "| student-taught |",
        ] {
            #expect(tables.contains(row), "\(row)\n\(tables)")
        }
        let output = URL(filePath: directory.file("output"))
        // What figures are of was not chosen on.
        #expect(try titles(output.appending(path: "dev-1-12.json")) == (0..<12).map { "article \($0)" })
        #expect(try titles(output.appending(path: "dev-13-24.json")) == (12..<24).map { "article \($0)" })
        let changed = try modificationDates(of: output)
        // The second time there are no reports of work before the tables.
        let again = try run(steps, in: directory, model: model.path)
        #expect(again.hasPrefix("\nTraining\n") && tables.hasSuffix(again))
        #expect(try modificationDates(of: output) == changed)
    }

    private func titles(_ file: URL) throws -> [String?] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return try #require(object?["data"] as? [[String: Any]]).map { $0["title"] as? String }
    }

    private func modificationDates(of directory: URL) throws -> [String: Date] {
        let paths = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        try #require(paths.count > 50)
        return try paths.reduce(into: [:]) {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: directory.appending(path: $1).path
            )
            $0[$1] = attributes[.modificationDate] as? Date
        }
    }
}
