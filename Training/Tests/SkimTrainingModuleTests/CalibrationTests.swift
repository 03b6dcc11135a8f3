import BlockSkimModule
import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct CalibrationTests {
    @Test func writesFrontierAndChoiceAndNothingElse() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        let model = run.output + "/model"
        let before = try keys(of: model)

        var settings = Calibration.Settings()
        settings.model = model
        settings.dev = [run.data]
        settings.thresholds = [0.1, 0.5, 1]
        settings.windows = configuration.windowSettings
        settings.maximumF1Loss = 100
        // What is chosen does not depend on the machine.
        let findings = try Calibration(
            settings,
            speeds: { _, _ in SpeedMeasurement(rounds: [1.4, 1.5, 1.3]) }
        )
        .run()

        #expect(findings.points.prefix(6).map(\.skimLayers) == [[1], [1], [1], [2], [2], [2]])
        #expect(findings.frontier.questions == 14)
        for point in findings.points where point.skipThresholds.values == [1] {
            #expect(point.keptFraction == 1 && point.f1Loss == 0 && point.answerBlockRecall == 1)
            #expect(point.predictedSpeedup == 1)
        }
        // At least one block of each window is kept, and the prefix.
        #expect(findings.points.allSatisfy { $0.keptFraction > 0 && $0.measuredSpeedup > 0 })
        #expect(findings.ceilings.map(\.skimLayer) == [1, 2])
        let chosen = try #require(findings.chosen)
        #expect(chosen.keptFraction < 1)

        let after = try SkimConfiguration(directory: model)
        #expect(after.skimLayers == chosen.skimLayers)
        #expect(after.policy.thresholds == chosen.skipThresholds.byLayer(chosen.skimLayers))
        var rest = try keys(of: model)
        #expect(rest.removeValue(forKey: "calibration") != nil)
        for key in ["skim_layers", "skip_threshold"] { rest[key] = before[key] }
        #expect(NSDictionary(dictionary: rest) == NSDictionary(dictionary: before))
        let read = try #require(try SkimFrontier(directory: model))
        #expect(read == findings.frontier)

        // Nothing says there what another number format loses: it runs in f32.
        let inFloat32 = run.output + "/f32"
        try FileManager.default.copyItem(atPath: model, toPath: inFloat32)

        // What other number formats lose is added, and nothing else changes.
        let losses = try PrecisionCalibration(settings).run()
        #expect(losses.keys.sorted() == ["bf16", "int8"])
        #expect(findings.precision == "f32")
        // The model has hardly learnt anything: what rounding does to its answers is anyone's guess.
        #expect(losses.values.allSatisfy { abs($0.denseF1Loss) <= 100 && $0.answerBlockRecallLoss.isFinite })
        #expect(losses.values.allSatisfy { ($0.standardError ?? -1) >= 0 })
        #expect(
            [3.0, 1, 2].standardErrorOfMean == Double(1.0 / 3).squareRoot() && [5.0].standardErrorOfMean == 0
        )
        var withLosses = read
        withLosses.precisions = losses
        #expect(try SkimFrontier(directory: model) == withLosses)
        #expect(try SkimConfiguration(directory: model) == after)

        // What training says has to be kept is what a run with that threshold keeps, and the best block of each window.
        let evaluation = ModelEvaluation(files: [run.data], windows: configuration.windowSettings)
        let scores = try #require(try evaluation(model: inFloat32, layers: [1, 2]))
        #expect(scores.cuts.map(\.layer) == [1, 2])
        settings.model = inFloat32
        for cut in scores.cuts {
            settings.layers = [[cut.layer]]
            settings.thresholds = [cut.skipThreshold + 1e-6]
            let point = try Calibration(settings).run().points[0]
            #expect(point.answerBlockRecall >= ModelEvaluation.recall)
            #expect(point.keptFraction >= cut.keptFraction && point.keptFraction < cut.keptFraction + 0.1)
        }
    }

    @Test func measuresTheCascadesAskedFor() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        var settings = Calibration.Settings()
        settings.model = run.output + "/model"
        settings.dev = [run.data]
        settings.layers = [[2, 1]]
        settings.cascades = 0
        settings.thresholds = [0, 1]
        settings.windows = configuration.windowSettings
        settings.maximumF1Loss = 100
        let findings = try Calibration(settings, speeds: { _, _ in SpeedMeasurement(rounds: [2]) }).run()
        #expect(findings.points.map(\.skimLayers) == [[1, 2], [1, 2]])
        #expect(findings.points[0].predictedSpeedup > 1 && findings.points[1].predictedSpeedup == 1)
        let written = try SkimConfiguration(directory: settings.model)
        #expect(try written.skimLayers == #require(findings.chosen).skimLayers)
        // The model has two layers: what is dropped after the second saves nothing.
        settings.layers = [[1]]
        settings.thresholds = [0]
        let alone = try Calibration(settings).run().points[0]
        #expect(findings.points[0].predictedSpeedup == alone.predictedSpeedup)
        // In the number format that is asked for, not the one of before.
        settings.precision = .int8
        #expect(try Calibration(settings).run().precision == "int8")
    }

    private func keys(of model: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: model + "/blockskim.json"))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func modelWithoutModulesIsNamed() throws {
        let run = try TinyRun()
        var settings = Calibration.Settings()
        settings.model = run.path
        settings.dev = [run.data]
        let error = #expect(throws: TrainingError.self) { try Calibration(settings).run() }
        #expect("\(String(describing: error))".contains("Block Skim Module"))
    }

    /// A way to skim as it might have been measured.
    private func point(
        _ speed: Double,
        _ loss: Double,
        recall: Double = 1,
        kept: Double = 0,
        spread: Double? = nil,
        predicted: Double = 0
    ) -> SkimFrontier.Point {
        SkimFrontier.Point(
            skimLayers: [1],
            skipThresholds: [0.5],
            exactMatch: 0,
            f1: 0,
            f1Loss: loss,
            keptFraction: kept,
            answerBlockRecall: recall,
            predictedSpeedup: predicted,
            measuredSpeedup: speed,
            measuredSpread: spread
        )
    }

    /// Recall is reported, not required.
    @Test func choosesTheFastestThatLosesLittleF1() {
        var settings = Calibration.Settings()
        let points = [
            point(1.1, -1), point(1.2, 0.2, recall: 0.5), point(1.3, 0.1, recall: 0.4), point(1.4, 0.3),
        ]
        #expect(Calibration(settings).choose(among: points) == points[2])
        settings.maximumF1Loss = 0.3
        #expect(Calibration(settings).choose(among: points) == points[3])
        settings.maximumF1Loss = -2
        #expect(Calibration(settings).choose(among: points) == nil)
    }

    @Test func choosesOnlyWhatIsFasterThanTheNoise() {
        let calibration = Calibration(Calibration.Settings())
        // Slower than dense, not faster by more than the spread, and faster by chance with everything kept.
        let none = [point(0.67, 0), point(1.2, 0, spread: 0.25), point(1.08, 0, kept: 1)]
        #expect(calibration.choose(among: none) == nil)
        #expect(none.allSatisfy { !$0.isFaster })
        let good = point(1.1, 0, kept: 0.6, spread: 0.05)
        #expect(calibration.choose(among: none + [good]) == good)
        // By default recall is reported only.
        let lossy = point(1.3, 0.1, recall: 0.5)
        #expect(calibration.choose(among: [good, lossy]) == lossy)
        // Of what cannot be told apart Eq. 6 decides.
        let (fast, near) = (
            point(1.5, 0, spread: 0.1, predicted: 1.4), point(1.45, 0, spread: 0.1, predicted: 1.6)
        )
        #expect(calibration.choose(among: [near, fast, point(1.35, 0, predicted: 2)]) == near)
    }

    @Test func speedIsTheMedianOfTheRoundsWithTheirSpread() {
        let speed = SpeedMeasurement(rounds: [1.5, 1.2, 1.4])
        #expect(speed.speedup == 1.4 && abs(speed.spread - 0.3) < 1e-12)
    }

    @Test func thresholdsOfThePaperAreAmongTheDefaults() {
        #expect(Set([0, 0.5, 0.9, 0.99]).isSubset(of: Calibration.Settings().thresholds))
    }

    @Test func whereSkimmingDoesNotPayTheModelStaysAsItIs() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        var settings = Calibration.Settings()
        settings.model = run.output + "/model"
        settings.dev = [run.data]
        settings.layers = [[2], [1]]
        settings.thresholds = [0.5]
        settings.windows = configuration.windowSettings
        settings.maximumF1Loss = 100
        let before = try SkimConfiguration(directory: settings.model)
        let findings = try Calibration(
            settings,
            speeds: { _, _ in SpeedMeasurement(rounds: [1.1, 1.3, 0.9]) }
        )
        .run()
        #expect(findings.chosen == nil && !findings.skimmingPays)
        #expect(try SkimConfiguration(directory: settings.model) == before)
        let frontier = try #require(try SkimFrontier(directory: settings.model))
        #expect(frontier.points.allSatisfy { $0.measuredSpread ?? 0 > 0.39 })
        // --max-f1-loss then runs dense.
        #expect(frontier.fastest(maximumF1Loss: 100) == nil)
    }

    @Test func frontierHoldsWhatNothingBeats() {
        let frontier = SkimFrontier(
            questions: 1,
            denseF1: 0,
            measured: [point(1.5, 3), point(1, 0), point(1.2, 0.1), point(1.1, 0.5), point(1.5, 2)]
        )
        #expect(frontier.points == [point(1, 0), point(1.2, 0.1), point(1.5, 2)])
        #expect(frontier.fastest(maximumF1Loss: 0.2) == point(1.2, 0.1))
        #expect(frontier.fastest(maximumF1Loss: 2) == point(1.5, 2))
        #expect(frontier.fastest(maximumF1Loss: -0.5) == nil)
    }
}
