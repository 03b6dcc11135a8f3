import Foundation
import Testing

@testable import SkimTrainingModule

@Suite(.serialized)
struct FeasibilityStudyTests {
    /// At the minimum, the gradient of the penalised loss is zero: the condition that defines the fit.
    @Test func regressionIsAtTheMinimum() throws {
        var generator = SeededGenerator(seed: 1, name: "regression")
        let rows = (0..<200).map { _ in generator.normals(3, deviation: 2) }
        let labels = rows.map { row in
            Double(row[0]) - 0.5 * Double(row[1]) + 0.3 + 2 * (generator.unit() - 0.5) > 0
        }
        let fit = try LogisticRegression(rows: rows, labels: labels, positiveWeight: 2, ridge: 0.5)
        let weights = try fit.weights.doubles()
        // Differences of the loss in each direction, computed without the fit's own formulas.
        let probabilities = try fit.probabilities(rows)
        let residuals = zip(probabilities, labels).map { ($1 ? 2 : 1) * ($0 - ($1 ? 1 : 0)) }
        #expect(abs(residuals.reduce(0, +)) < 1e-6)
        for column in 0..<3 {
            let values = rows.map { Double($0[column]) }
            let mean = values.reduce(0, +) / 200
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
            let slope = zip(residuals, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) / deviation }
            #expect(abs(slope + 0.5 * weights[column]) < 1e-6)
        }
        #expect(weights[0] > 1 && weights[1] < 0 && abs(weights[2]) < 0.5)
    }

    @Test func findsWhatSeparates() throws {
        let rows = (0..<40).map { [Float($0), 7] }
        let fit = try LogisticRegression(rows: rows, labels: (0..<40).map { $0 >= 20 })
        let probabilities = try fit.probabilities(rows)
        #expect(rows.indices.allSatisfy { (probabilities[$0] >= 0.5) == ($0 >= 20) })
    }

    @Test func scoresEveryLayer() throws {
        let run = try TinyRun()
        let findings = try FeasibilityStudy(run.configuration).run(threads: 1) { _ in }
        #expect(findings.layers.map(\.layer) == [1, 2])
        #expect(findings.trainingBlocks > findings.blocks && findings.blocks > 0)
        #expect(findings.layers.allSatisfy { (0...1).contains($0.accuracy) && (0...1).contains($0.f1) })
        #expect(findings.answerShare > 0 && findings.answerShare < 1)
    }

    @Test func windowsAreLimitedForLearningAloneAndNotForMeasuring() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.maximumLength = 24
        let all = try FeasibilityStudy(configuration).run(threads: 1) { _ in }
        configuration.windowsPerQuestion = 1
        let limited = try FeasibilityStudy(configuration).run(threads: 1) { _ in }
        #expect(limited.trainingBlocks < all.trainingBlocks && limited.blocks == all.blocks)
    }

    @Test func precisionIsThatOfTheModelAndNotOfTheFeatures() throws {
        let run = try TinyRun()
        func features(_ precision: TrainingConfiguration.Precision) throws -> [Int: [[Float]]] {
            var configuration = run.configuration
            configuration.classifier = .handCrafted
            configuration.precision = precision
            let model = try SkimmingModel(configuration)
            let windows = try WindowPreparation(
                configuration: configuration,
                encoder: model.encoder.configuration,
                report: { _ in }
            ).windows(cache: "", keeping: false)
            let batch = try WindowBatch(
                windows.lengths.indices.map { windows[$0] },
                encoder: model.encoder.configuration,
                geometry: model.geometry,
                on: .cpu
            )
            return try model.handCraftedFeatures(batch)
        }
        let (full, half) = (try features(.f32), try features(.bf16))
        #expect(full != half)
        for (layer, rows) in full {
            let others = try #require(half[layer])
            for (a, b) in zip(rows.joined(), others.joined()) {
                // An attention probability of 8 bits that depends on logits of 8 bits.
                #expect(abs(a - b) <= 0.05, "layer \(layer)")
            }
        }
    }

    @Test func theProgramTakesAPrecisionAndReadsDevelopmentDataFirst() throws {
        let run = try TinyRun()
        let usual = [
            "study", "--model", run.path, "--train", run.data, "--max-length", "48", "--overlap", "4",
        ]
        var results: [Data] = []
        for precision in ["f32", "bf16"] {
            let output = "\(run.path)/study-\(precision)"
            let options = ["--dev", run.data, "--precision", precision, "--output", output, "--threads", "1"]
            let (status, said) = try TinyRun.runProgram(usual + options)
            #expect(status == 0 && !said.contains("--precision auto)"), "\(said)")
            results.append(try Data(contentsOf: URL(filePath: output + "/study.json")))
        }
        let layers = try results.map {
            try JSONDecoder().decode(FeasibilityStudy.Findings.self, from: $0).layers.map(\.layer)
        }
        #expect(layers == [[1, 2], [1, 2]])
        let (_, auto) = try TinyRun.runProgram(usual + ["--dev", run.data])
        #expect(auto.contains("(--precision auto)"), "\(auto)")

        let output = run.path + "/none"
        let (status, said) = try TinyRun.runProgram(
            usual + ["--dev", run.path + "/typo.json", "--output", output]
        )
        #expect(status == 1 && said.contains("typo.json"))
        // Before the training data were read, and without a directory left behind.
        #expect(!said.contains("windows"), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}
