import ArgumentParser
import BlockSkimModule
import Foundation
import QuestionAnsweringModule
import SkimTrainingModule
import TerminalModule

/// `blockskim-train calibrate-reading`.
struct CalibrateReading: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find how a model reads long documents best-first, and write it into blockskim.json.",
        discussion: """
            The data are questions about documents of many windows, such as documents --whole-articles makes. They must not \
            be those that figures are reported on.

            Every way to skim is run once; other limits and margins are worked out from what each window said. The chosen \
            setting has the fewest tokens among those that lose at most --max-f1-loss to the best. blockskim … --max-f1-loss \
            chooses among the others, which are written down too.
            """
    )

    @OptionGroup var data: CalibrationData

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The skim layers to try beside dropping nothing, for example 3 3+4 (default: the ways that calibrate found, with their thresholds).",
            valueName: "layers"
        )
    )
    var layers: [SkimLayers] = []

    @Option(parsing: .upToNextOption, help: "The thresholds to try with --layers.")
    var thresholds = ReadingCalibration.Settings().thresholds

    @Option(parsing: .upToNextOption, help: "The most tokens of a window, to try.")
    var windowLength = ReadingCalibration.Settings().windowLengths

    @Option(help: "How many context tokens consecutive windows share.")
    var overlap = ReadingCalibration.Settings().overlap

    @Option(
        parsing: .upToNextOption,
        help: "How many windows go through the layers before it is decided whether to read on, to try."
    )
    var windowsPerRound = ReadingCalibration.Settings().windowsPerRound

    @Option(help: "Read at most this many windows of a document.")
    var maxWindows = ReadingCalibration.Settings().maximumWindows

    @Option(help: "How many points of F1 the chosen setting may lose to the best.")
    var maxF1Loss = ReadingCalibration.Settings().maximumF1Loss

    @Option(help: "Also write all settings that no other beats to this directory.")
    var output: String?

    @OptionGroup var threads: ThreadOption

    func validate() throws {
        for (option, numbers) in [
            ("--window-length", windowLength), ("--windows-per-round", windowsPerRound),
            ("--max-windows", [maxWindows]),
        ] {
            guard !numbers.isEmpty, numbers.allSatisfy({ (1...1_048_576).contains($0) }) else {
                throw ValidationError("\(option) \(numbers): give numbers from 1 to 1048576")
            }
        }
        guard overlap >= 0 else { throw ValidationError("--overlap \(overlap): it must be 0 or more") }
        guard thresholds.allSatisfy({ (0...1).contains($0) }) else {
            throw ValidationError("--thresholds \(thresholds): give numbers from 0 to 1")
        }
    }

    func run() throws {
        var settings = ReadingCalibration.Settings()
        settings.model = data.model
        settings.dev = data.dev
        settings.limit = data.limit
        settings.layers = layers.map(\.layers)
        settings.thresholds = thresholds
        settings.windowLengths = windowLength
        settings.overlap = overlap
        settings.windowsPerRound = windowsPerRound
        settings.maximumWindows = maxWindows
        settings.maximumF1Loss = maxF1Loss
        settings.threads = try threads.budget()
        let report = try output.map(ReportDirectory.init)
        let findings = try ReadingCalibration(settings, showProgress: { StandardError.showProgress($0) })
            .run()
        StandardError.write("\(findings.frontier.questions) questions about documents of several windows")
        print("length  round  limit  weight  margin  skimming             windows   tokens     F1")
        for point in findings.frontier.points {
            let reading = point.reading
            print(
                String(
                    format: "%6d  %5d  %5d  %6.2f  %6@  %-20@ %7.2f  %7.0f  %5.2f%@",
                    reading.windowLength,
                    reading.windowsPerRound,
                    reading.maximumWindows,
                    reading.promiseWeight,
                    reading.stopMargin.map { String(format: "%.1f", $0) } ?? "none",
                    reading.policy.map(Self.text) ?? "dense",
                    point.windows,
                    point.tokens,
                    point.f1,
                    reading == findings.chosen.reading ? "  chosen" : ""
                )
            )
        }
        if let report {
            Plots.draw(script: "plot_reading.py", of: try report.write(findings, to: "reading.json"))
        }
    }

    private static func text(_ policy: SkimPolicy) -> String {
        let thresholds = policy.layers.map { policy.thresholds[$0] ?? 0 }
        return "\(policy.layers.layerText) at \(thresholds.thresholdText)"
    }
}
