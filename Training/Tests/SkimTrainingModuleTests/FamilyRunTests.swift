import BlockSkimModule
import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// What works for BERT works for the other families, from files in Hugging Face's layout to an answer.
@Suite(.serialized)
struct FamilyRunTests {
    private static let families: [FormulaFamily] = [
        .roberta, .albert, .distilbert, .xlmRoberta, .camembert, .electra, .mpnet, .deberta,
    ]

    /// Eight epochs at a high rate: enough for a tiny model to learn its 14 questions by heart, in part.
    private func trained(_ family: FormulaFamily) throws -> TinyRun {
        let run = try TinyRun(family: family)
        var configuration = run.configuration
        configuration.epochs = 8
        configuration.dropout = 0
        configuration.learningRate = 5e-3
        if family.name == "albert" { configuration.alpha = 0.05 }
        #expect(try Trainer(configuration, options: run.options).run() == .finished)
        return run
    }

    @Test(arguments: families)
    func trainsAndCalibrates(family: FormulaFamily) throws {
        let run = try trained(family)
        let lines = try String(contentsOfFile: run.output + "/metrics.jsonl", encoding: .utf8).split(
            separator: "\n"
        )
        let steps = lines.compactMap { try? JSONDecoder().decode(MetricsLog.Steps.self, from: Data($0.utf8)) }
        #expect(steps.count == 32)
        func mean(_ some: ArraySlice<MetricsLog.Steps>, _ value: (MetricsLog.Steps) -> Double) -> Double {
            some.reduce(0) { $0 + value($1) } / Double(some.count)
        }
        #expect(
            mean(steps.suffix(4), \.questionAnsweringLoss) < 0.8
                * mean(steps.prefix(4), \.questionAnsweringLoss)
        )
        for layer in ["1", "2"] {
            let blockLoss = { (step: MetricsLog.Steps) in step.blockLosses[layer] ?? .nan }
            #expect(mean(steps.suffix(4), blockLoss) < mean(steps.prefix(4), blockLoss))
        }

        // The tensors keep Hugging Face's names, and those of the classifiers come on top, one at every layer.
        let model = run.output + "/model"
        let before = try SafetensorsFile(path: run.path + "/model.safetensors").tensorNames
        let after = try SafetensorsFile(path: model + "/model.safetensors").tensorNames
        #expect(after.filter { !$0.hasPrefix("block_skim.") }.sorted() == before.sorted())
        #expect(
            after.contains("block_skim.layers.0.conv1.weight")
                && after.contains("block_skim.layers.1.conv1.weight")
        )

        var settings = Calibration.Settings()
        settings.model = model
        settings.dev = [run.data]
        settings.layers = [[1]]
        settings.thresholds = [0, 1]
        settings.windows = run.configuration.windowSettings
        settings.maximumF1Loss = 100
        let findings = try Calibration(settings).run()
        #expect(findings.points.map(\.skimLayers) == [[1], [1]])
        #expect(findings.points[0].predictedSpeedup > 1 && findings.points[1].keptFraction == 1)
        #expect(try SkimFrontier(directory: model) == findings.frontier)

        let skimming = Skimming.adjusted(skimLayers: [1], skipThresholds: [0])
        let context = "dune brook jade ember"
        let report = try QuestionAnswerer(model: model)
            .answer(question: "where is 1?", context: context, settings: .init(skimming: skimming))
        let answer = try #require(report.answers.first)
        #expect(!answer.text.isEmpty && context.contains(answer.text))
        #expect(try #require(report.skim).keptFraction < 1)
    }

    @Test(arguments: families)
    func resumes(family: FormulaFamily) throws {
        let run = try TinyRun(family: family)
        var whole = run.options
        whole.output = run.path + "/whole"
        _ = try Trainer(run.configuration, options: whole).run()
        var parts = run.options
        parts.stopAfter = 3
        _ = try Trainer(run.configuration, options: parts).run()
        parts.resume = true
        parts.stopAfter = nil
        #expect(try Trainer(run.configuration, options: parts).run() == .finished)
        let isEqual = try TinyRun.state(of: run.output) == TinyRun.state(of: whole.output)
        #expect(isEqual)
    }

    @Test(arguments: families)
    func studies(family: FormulaFamily) throws {
        let run = try TinyRun(family: family)
        let findings = try FeasibilityStudy(run.configuration).run(threads: 1) { _ in }
        #expect(findings.layers.map(\.layer) == [1, 2] && findings.blocks > 0)
        #expect(findings.layers.allSatisfy { $0.accuracy > 0.5 && $0.accuracy <= 1 })
    }
}
