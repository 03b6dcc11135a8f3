import ArgumentParser
import Foundation
import SkimTrainingModule
import TerminalModule
import TorchModule

/// `blockskim-train study`.
struct Study: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure how well attention predicts where the answer is (Section 3 and Fig. 1 of the paper).",
        discussion:
            "For each layer, fits a logistic regression on the six features that Eq. 2 takes from each attention head."
    )

    @OptionGroup(title: "Data and model") var data: DataOptions

    @Option(help: "The number of tokens in a block.")
    var blockSize = 32

    @Option(
        help: "The weight in the regression of a block that holds the answer; other blocks have weight 1."
    )
    var beta = 1.0

    @Option(help: "Also write the results and a bar chart like the paper's Fig. 1 to this directory.")
    var output: String?

    @Option(
        help:
            "The number format of matrix products; auto is bf16 where the device multiplies it natively (AVX-512 BF16, AMX, CUDA), or f32."
    )
    var precision = PrecisionChoice.auto

    @Option(help: "The device to run the model on.")
    var device = Device.cpu

    @OptionGroup var threads: ThreadOption

    func validate() throws {
        if data.dev.isEmpty { throw ValidationError("--dev is missing: what to measure on") }
    }

    func run() throws {
        var configuration = TrainingConfiguration()
        data.apply(to: &configuration)
        configuration.blockSize = blockSize
        configuration.device = device
        configuration.precision = try precision.precision(on: device, resuming: nil) {
            StandardError.write($0)
        }
        let report = try output.map(ReportDirectory.init)
        let findings = try FeasibilityStudy(
            configuration,
            positiveWeight: beta,
            showProgress: { StandardError.showProgress($0) }
        ).run(threads: threads.budget().threads, report: { StandardError.write($0) })
        StandardError.write(
            "\(findings.trainingBlocks) blocks to learn from, \(findings.blocks) to measure on"
        )
        print(String(format: "share of blocks with an answer  %.3f", findings.answerShare))
        print("layer  accuracy  precision  recall     F1")
        for layer in findings.layers {
            print(
                String(
                    format: "%5d  %8.3f  %9.3f  %6.3f  %5.3f",
                    layer.layer,
                    layer.accuracy,
                    layer.precision,
                    layer.recall,
                    layer.f1
                )
            )
        }
        if let report {
            Plots.draw(script: "plot_study.py", of: try report.write(findings, to: "study.json"))
        }
    }
}
