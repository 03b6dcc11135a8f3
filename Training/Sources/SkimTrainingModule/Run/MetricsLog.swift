import Foundation

/// `metrics.jsonl`: one JSON object a line about every few steps and every evaluation; `metrics.csv` has the same as rows.
final class MetricsLog {
    /// What is said of some steps.
    struct Steps: Codable, Equatable {
        /// When the last of them was done.
        var time: String? = timeStamp()
        /// The steps done.
        var step: Int
        /// Passes over the data done.
        var epoch: Double
        /// The joint loss, a mean over the steps since the line before, as are its parts.
        var loss: Double
        /// L_QA.
        var questionAnsweringLoss: Double
        /// The block loss of each augmented layer, by its number counted from 1.
        var blockLosses: [String: Double]
        /// The loss against the teacher; nil without one.
        var teachingLoss: Double?
        /// The rate of the last of the steps.
        var learningRate: Double
        /// The norm of all gradients before clipping, of the last of the steps.
        var gradientNorm: Double
        /// Tokens of windows a second, padding not counted.
        var tokensPerSecond: Double
    }

    /// What is said of an evaluation.
    struct Evaluation: Codable, Equatable {
        /// When it was done.
        var time: String? = timeStamp()
        /// The steps done.
        var step: Int
        /// Passes over the data done.
        var epoch: Double
        /// What the inference engine scored.
        var evaluation: ModelEvaluation.Scores
    }

    private let path: String
    private let table: String
    private let layers: [Int]
    /// Whether the table has a column for the loss against a teacher.
    private let hasTeacher: Bool
    private let encoder = JSONEncoder()

    /// Opens the log of a run, without the lines of steps and evaluations that are about to be done again.
    ///
    /// - Parameters:
    ///   - directory: the run.
    ///   - steps: the steps that are done.
    ///   - evaluated: the step of the last evaluation that is done; nil for none.
    ///   - layers: the layers with a block loss, for the columns of the table.
    ///   - teacher: what is learnt from beside the labels, for one more; nil for none.
    /// - Throws: `unwritable`, `unreadable`.
    init(
        _ directory: RunDirectory,
        keepingSteps steps: Int,
        evaluated: Int?,
        layers: [Int],
        teacher: String?
    ) throws(TrainingError) {
        path = directory.metricsFile
        table = directory.metricsTable
        self.layers = layers
        hasTeacher = teacher != nil
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var before = Data()
        if FileManager.default.fileExists(atPath: path) { before = try RunDirectory.read(path) }
        var (kept, rows) = (Data(), [header])
        for line in before.split(separator: UInt8(ascii: "\n")) {
            // A line that a kill cut short is dropped, too.
            if let entry = try? JSONDecoder().decode(Steps.self, from: line) {
                guard entry.step <= steps else { continue }
                rows.append(row(entry))
            } else if let entry = try? JSONDecoder().decode(Evaluation.self, from: line) {
                guard entry.step <= evaluated ?? 0 else { continue }
                rows.append(row(entry))
            } else {
                continue
            }
            kept += line + [UInt8(ascii: "\n")]
        }
        let text = Data((rows.joined(separator: "\n") + "\n").utf8)
        // Files of a run that is finished stay as they are.
        if kept != before || !FileManager.default.fileExists(atPath: path) {
            try RunDirectory.write(kept, to: path)
        }
        if (try? Data(contentsOf: URL(filePath: table))) != text { try RunDirectory.write(text, to: table) }
    }

    /// Adds a line about steps.
    ///
    /// - Throws: `unwritable`.
    func append(_ entry: Steps) throws(TrainingError) {
        try append(json: entry)
        try append(row(entry) + "\n", to: table)
    }

    /// Adds a line about an evaluation.
    ///
    /// - Throws: `unwritable`.
    func append(_ entry: Evaluation) throws(TrainingError) {
        try append(json: entry)
        try append(row(entry) + "\n", to: table)
    }

    private func append(json entry: some Encodable) throws(TrainingError) {
        let line = try TrainingError.wrapping { try encoder.encode(entry) }
        try append(String(decoding: line, as: UTF8.self) + "\n", to: path)
    }

    private func append(_ text: String, to path: String) throws(TrainingError) {
        do {
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            throw .unwritable(path: path, reason: RunDirectory.reason(error))
        }
    }

    // MARK: Table

    private var header: String {
        (["time", "step", "epoch", "loss", "question_answering_loss"] + layers.map { "block_loss_\($0)" }
            + (hasTeacher ? ["teaching_loss"] : [])
            + [
                "learning_rate", "gradient_norm", "tokens_per_second", "exact_match", "f1", "skimmed_f1",
                "dev_loss",
            ])
            .joined(separator: ",")
    }

    private func row(_ entry: Steps) -> String {
        ([
            entry.time ?? "", "\(entry.step)", "\(entry.epoch)", "\(entry.loss)",
            "\(entry.questionAnsweringLoss)",
        ]
            + layers.map { layer in entry.blockLosses["\(layer)"].map { "\($0)" } ?? "" }
            + (hasTeacher ? [entry.teachingLoss.map { "\($0)" } ?? ""] : [])
            + ["\(entry.learningRate)", "\(entry.gradientNorm)", "\(entry.tokensPerSecond)", "", "", "", ""])
            .joined(separator: ",")
    }

    private func row(_ entry: Evaluation) -> String {
        let scores = entry.evaluation
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        return
            ([entry.time ?? "", "\(entry.step)", "\(entry.epoch)", "", ""] + layers.map { _ in "" }
            + (hasTeacher ? [""] : [])
            + [
                "", "", "", text(scores.exactMatch), text(scores.f1), text(scores.skimmed?.f1),
                text(scores.loss),
            ])
            .joined(separator: ",")
    }
}

/// The present as it stands in files: ISO 8601, in UTC.
func timeStamp() -> String { Date.now.ISO8601Format() }
