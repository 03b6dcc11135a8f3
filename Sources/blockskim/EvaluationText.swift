import BlockSkim
import EvaluationModule

/// The figures of an evaluation for people.
struct EvaluationText: CustomStringConvertible {
    private let report: EvaluationReport

    private let reason: String
    private let thresholdOption: ThresholdOption

    /// What the best thresholds are, by the option that takes them.
    enum ThresholdOption: String {
        /// Differences of logits.
        case noAnswerThreshold = "--no-answer-threshold"
        /// Probabilities, which may lie close together.
        case probabilityThreshold = "--na-prob-thresh"
        /// Probabilities, which no option takes: the model was calibrated with one.
        case probability = "a probability of no answer above"
    }

    /// - Parameters:
    ///   - report: The figures.
    ///   - reason: Why the rules hold that they were made by.
    ///   - thresholdOption: The option that takes the best thresholds.
    init(_ report: EvaluationReport, reason: String, thresholdOption: ThresholdOption) {
        self.report = report
        self.reason = reason
        self.thresholdOption = thresholdOption
    }

    var description: String {
        var rows = [
            ("questions", "\(report.total)"),
            ("exact match", report.exactMatch.formatted(digits: 2)),
            ("F1", report.f1.formatted(digits: 2)),
        ]
        if let rules = report.rules { rows.append(("rules", "\(rules.rawValue): \(reason)")) }
        if let count = report.missingReferences {
            rows.append(("without a reference", "\(count) (they score 0)"))
        }
        if report.missingPredictions > 0 {
            rows.append(("without an answer", "\(report.missingPredictions) (they score 0)"))
        }
        for (name, scores) in [("with an answer", report.hasAnswer), ("without one", report.noAnswer)] {
            guard let scores else { continue }
            let (exact, f1) = (scores.exactMatch.formatted(digits: 2), scores.f1.formatted(digits: 2))
            rows.append(("  \(name)", "\(scores.total): exact match \(exact), F1 \(f1)"))
        }
        for (name, best) in [("best exact match", report.bestExactMatch), ("best F1", report.bestF1)] {
            guard let best else { continue }
            let threshold =
                switch thresholdOption {
                case .noAnswerThreshold: best.threshold.formatted(digits: 2)
                case .probabilityThreshold: "\(best.threshold)"
                case .probability: best.threshold.formatted(digits: 4)
                }
            let score = best.score.formatted(digits: 2)
            rows.append((name, "\(score) at \(thresholdOption.rawValue) \(threshold)"))
        }
        if let reliability = report.reliability {
            let error = reliability.expectedCalibrationError.formatted(digits: 3)
            let (confidence, right) = (Self.percent(reliability.confidence), Self.percent(reliability.right))
            let chance = reliability.chanceError.formatted(digits: 3)
            rows.append(
                (
                    "calibration error",
                    "\(error), by chance alone \(chance); mean confidence \(confidence), right \(right)"
                )
            )
        }
        if let reading = report.reading {
            let ends = reading.stopped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            rows.append(
                (
                    "read windows",
                    "\(reading.read) of \(reading.windows); stopped: \(ends.joined(separator: ", "))"
                )
            )
        }
        if let kept = report.keptFraction {
            rows.append(("kept tokens", Self.percent(kept)))
        }
        if let fraction = report.layerTokenFraction {
            rows.append(("tokens × layers", "\(Self.percent(fraction)) of a dense run"))
        }
        if let looks = report.secondLooks {
            let (questions, work) = (
                Self.percent(looks.questionFraction), Self.percent(looks.layerTokenFraction)
            )
            rows.append(
                ("looked at again", "\(questions) of the questions, for \(work) of a dense run")
            )
        }
        if let recall = report.answerBlockRecall { rows.append(("kept answer blocks", Self.percent(recall))) }
        for layer in report.layers ?? [] {
            let (precision, recall) = (Self.percent(layer.precision), Self.percent(layer.recall))
            rows.append(
                (
                    "block classifier, layer \(layer.layer)",
                    "precision \(precision), recall \(recall), F1 \(Self.percent(layer.f1))"
                )
            )
        }
        if let windows = report.windows, let tokens = report.tokens {
            rows.append(
                ("windows", "\(windows) of \((Double(tokens) / Double(windows)).formatted(digits: 0)) tokens")
            )
        }
        if let seconds = report.seconds, let speed = report.questionsPerSecond {
            rows.append(
                (
                    "time",
                    "\(seconds.formatted(digits: 1)) s, \(speed.formatted(digits: 1)) questions a second"
                )
            )
        }
        return TextTable.aligned(rows)
    }

    private static func percent(_ share: Double) -> String { (100 * share).formatted(digits: 1) + " %" }
}
