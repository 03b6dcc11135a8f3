import ArgumentParser
import BlockSkimModule
import Foundation
import QuestionAnsweringModule
import SkimTrainingModule
import TensorModule
import TerminalModule

extension Precision: @retroactive ExpressibleByArgument {}

/// `blockskim-train calibrate`.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure the loss and the speed of skim layers and thresholds, and how sure answers are, and write that into blockskim.json."
    )

    @OptionGroup var data: CalibrationData

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            The skim layers to measure, for example 3 4 3+4. 3+4 is a cascade: it drops blocks after layer 3 and \
            again after layer 4, at the same threshold (default: each layer that has a module, alone).
            """,
            valueName: "layers"
        )
    )
    var layers: [SkimLayers] = []

    @Option(
        help:
            "Also search for cascades of these layers with a threshold for each, and measure at most this many of the best; 0 for none."
    )
    var cascades = Calibration.Settings().cascades

    @Option(parsing: .upToNextOption, help: "The thresholds to measure.")
    var thresholds = Calibration.Settings().thresholds

    @Option(help: "How many points of F1 the chosen layers and threshold may lose.")
    var maxF1Loss = 0.2

    @Option(
        help:
            "The number format that layers and thresholds are measured in (default: what the model takes by itself)."
    )
    var precision: Precision?

    @Option(help: "The maximum number of tokens in a window, question and special tokens included.")
    var maxLength = 384

    @Option(help: "How many context tokens consecutive windows share (default: 128, or half of what fits).")
    var overlap: Int?

    @Flag(
        help:
            "Measure only layers and thresholds. Without this flag number formats and the confidence of answers follow."
    )
    var onlySkimming = false

    @Flag(
        help:
            "Measure only what bf16 and int8 lose against f32, and leave layers and thresholds as they are. Without this flag it is measured too, at the end."
    )
    var onlyPrecisions = false

    @Flag(
        help:
            "Fit only the confidence of answers, and leave all else as it is. Without this flag it is fitted too, at the end. Where questions are flagged with is_impossible, it also learns when a text has no answer; data sets without flags beside them keep it from refusing what can be answered."
    )
    var onlyConfidence = false

    @Option(help: "Also write all measurements and a plot like the paper's Fig. 3 to this directory.")
    var output: String?

    @OptionGroup var threads: ThreadOption

    func validate() throws {
        if [onlySkimming, onlyPrecisions, onlyConfidence].count(where: \.self) > 1 {
            throw ValidationError(
                "--only-skimming, --only-precisions and --only-confidence exclude each other; give one of them"
            )
        }
    }

    func run() throws {
        var settings = Calibration.Settings()
        settings.model = data.model
        settings.dev = data.dev
        settings.limit = data.limit
        settings.layers = layers.map(\.layers)
        settings.thresholds = thresholds
        settings.maximumF1Loss = maxF1Loss
        settings.cascades = cascades
        settings.precision = precision
        settings.windows = WindowSettings(
            maximumLength: maxLength,
            advance: overlap.map { .overlap($0) } ?? .automatic
        )
        settings.threads = try threads.budget()
        let report = try output.map(ReportDirectory.init)
        let all = !(onlySkimming || onlyPrecisions || onlyConfidence)
        if all || onlySkimming { try calibrate(settings, report) }
        if all || onlyPrecisions { try measurePrecisions(settings) }
        if all || onlyConfidence { try fitConfidence(settings, report) }
    }

    private func fitConfidence(_ settings: Calibration.Settings, _ report: ReportDirectory?) throws {
        let findings = try ConfidenceCalibration(settings, showProgress: { StandardError.showProgress($0) })
            .run()
        print(
            "calibration error (half of the questions; the other half fitted)  softmax     map  right  refused"
        )
        for set in findings.sets {
            print(
                String(
                    format: "%-57@ %6d  %7.4f  %6.4f  %5.3f  %7@",
                    (set.file as NSString).lastPathComponent,
                    set.reliability.count,
                    set.softmax.expectedCalibrationError,
                    set.reliability.expectedCalibrationError,
                    set.reliability.right,
                    findings.map.noAnswer == nil
                        ? "" : set.refused.map { String(format: "%.3f", $0) } ?? ""
                )
            )
        }
        if let noAnswer = findings.map.noAnswer {
            print(
                "no answer when its probability is above \(String(format: "%.4f", noAnswer.threshold)); "
                    + "refused: the share of the questions with an answer that this takes for ones without"
            )
        } else {
            StandardError.write(
                "no question is flagged with is_impossible: when a text has no answer was not learnt"
            )
        }
        if let report {
            Plots.draw(script: "plot_reliability.py", of: try report.write(findings, to: "confidence.json"))
        }
    }

    private func measurePrecisions(_ settings: Calibration.Settings) throws {
        let losses = try PrecisionCalibration(settings, showProgress: { StandardError.showProgress($0) })
            .run()
        print("precision  dense loss   loss  standard error  recall loss")
        for (name, loss) in losses.sorted(by: { $0.key < $1.key }) {
            print(
                String(
                    format: "%-9@  %10.2f  %5.2f  %14.2f  %11.4f",
                    name,
                    loss.denseF1Loss,
                    loss.f1Loss,
                    loss.standardError ?? 0,
                    loss.answerBlockRecallLoss
                )
            )
        }
    }

    private func calibrate(_ settings: Calibration.Settings, _ report: ReportDirectory?) throws {
        let findings = try Calibration(settings, showProgress: { StandardError.showProgress($0) }).run()
        StandardError.write(
            "dense F1 \(number(findings.frontier.denseF1)) of \(findings.frontier.questions) questions, \(findings.precision)"
        )
        print("layers     thresholds                EM     F1   loss   kept  recall  Eq. 6  measured  spread")
        for point in findings.points {
            print(
                String(
                    format: "%-9@  %-20@  %5.2f  %5.2f  %5.2f  %5.3f  %6.4f  %5.2f  %8.2f  %6.2f%@",
                    point.skimLayers.layerText,
                    point.skipThresholds.values.thresholdText,
                    point.exactMatch,
                    point.f1,
                    point.f1Loss,
                    point.keptFraction,
                    point.answerBlockRecall,
                    point.predictedSpeedup,
                    point.measuredSpeedup,
                    point.measuredSpread ?? 0,
                    point == findings.chosen
                        ? "  chosen" : findings.frontier.points.contains(point) ? "  *" : ""
                )
            )
        }
        for ceiling in findings.ceilings {
            print(
                "ceiling after layer \(ceiling.skimLayer): kept \(number(ceiling.keptFraction)),"
                    + " Eq. 6 \(number(ceiling.predictedSpeedup))"
            )
        }
        if findings.chosen == nil { StandardError.write(reasonForNoChoice(findings)) }
        if let report {
            Plots.draw(script: "plot_calibration.py", of: try report.write(findings, to: "calibration.json"))
        }
    }

    private func reasonForNoChoice(_ findings: Calibration.Findings) -> String {
        let kept = "blockskim.json keeps its layers and threshold"
        guard findings.skimmingPays else {
            return
                "skimming does not pay: no way to skim is faster than the dense encoder by more than the spread of its"
                + " measurement; \(kept), and blockskim --dense is as fast"
        }
        return "no way to skim that is faster loses at most \(maxF1Loss) points of F1; \(kept)"
    }

    private func number(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// One or several layers, as `3` or `3+4`.
struct SkimLayers: ExpressibleByArgument {
    var layers: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: "+", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.allSatisfy({ $0 != nil }) else { return nil }
        layers = parts.compactMap(\.self)
    }
}
