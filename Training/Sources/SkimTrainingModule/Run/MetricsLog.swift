import Foundation

/// `metrics.jsonl`: one JSON object a line about every few steps and every evaluation.
final class MetricsLog {
    /// What is said of some steps.
    struct Steps: Codable, Equatable {
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
        /// The rate of the last of the steps.
        var learningRate: Double
        /// The norm of all gradients before clipping, of the last of the steps.
        var gradientNorm: Double
        /// Tokens of windows a second, padding not counted.
        var tokensPerSecond: Double
    }

    /// What is said of an evaluation.
    struct Evaluation: Codable, Equatable {
        /// The steps done.
        var step: Int
        /// Passes over the data done.
        var epoch: Double
        /// What the inference engine scored.
        var evaluation: ModelEvaluation.Scores
    }

    private let path: String
    private let encoder = JSONEncoder()

    /// Opens the log of a run, without the lines of steps that are about to be done again.
    ///
    /// - Throws: `unwritable`, `unreadable`.
    init(path: String, keepingSteps steps: Int) throws(TrainingError) {
        self.path = path
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        struct Line: Decodable { var step: Int }
        var kept = Data()
        if FileManager.default.fileExists(atPath: path) {
            for line in try RunDirectory.read(path).split(separator: UInt8(ascii: "\n")) {
                // A line that a kill cut short is dropped, too.
                guard let step = (try? JSONDecoder().decode(Line.self, from: line))?.step, step <= steps
                else {
                    continue
                }
                kept += line + [UInt8(ascii: "\n")]
            }
        }
        try RunDirectory.write(kept, to: path)
    }

    /// Adds a line.
    ///
    /// - Throws: `unwritable`.
    func append(_ entry: some Encodable) throws(TrainingError) {
        do {
            let line = try encoder.encode(entry) + [UInt8(ascii: "\n")]
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: line)
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }
}
