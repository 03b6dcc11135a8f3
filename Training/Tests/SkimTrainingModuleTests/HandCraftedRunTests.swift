import BlockSkimModule
import Foundation
import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// The fourth row of Table 2, from training to an answer: hand-crafted features in the place of the Block Skim Module.
@Suite(.serialized)
struct HandCraftedRunTests {
    @Test func trainsIsMeasuredIsCalibratedAndSkims() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.classifier = .handCrafted
        configuration.blockSize = 5
        configuration.skipThreshold = 0.4
        var lines: [String] = []
        _ = try Trainer(configuration, options: run.options, report: { lines.append($0) }).run()
        #expect(lines.contains { $0.contains("block F1") }, "\(lines)")

        let model = run.output + "/model"
        let skimming = try SkimConfiguration(directory: model)
        #expect(skimming.classifier == .handCrafted && skimming.blockSize == 5)
        let evaluation = ModelEvaluation(files: [run.data], windows: configuration.windowSettings)
        let scores = try #require(try evaluation(model: model, layers: [1, 2]))
        #expect(scores.blockClassifiers.map(\.layer) == [1, 2] && scores.cuts.map(\.layer) == [1, 2])
        #expect(scores.skimmed != nil)

        var settings = Calibration.Settings()
        settings.model = model
        settings.dev = [run.data]
        settings.layers = [[1]]
        settings.thresholds = [0, 1]
        settings.windows = configuration.windowSettings
        settings.maximumF1Loss = 100
        let findings = try Calibration(settings, speeds: { _, _ in SpeedMeasurement(rounds: [2]) }).run()
        #expect(findings.points[0].keptFraction < 1 && findings.points[1].keptFraction == 1)
        #expect(findings.chosen?.skipThresholds.values == [0])

        let report = try QuestionAnswerer(model: model)
            .answer(question: "where is 1?", context: "dune brook jade ember", settings: .init())
        #expect(try #require(report.skim).keptFraction < 1)

        // It learns on as what it is.
        var again = run.configuration
        again.model = model
        let line = try BlockSettings().apply(to: &again)
        #expect(line != nil && again.classifier == .handCrafted && again.blockSize == 5)
        #expect(try SkimmingModel(again).beginning == nil)
    }
}
