import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// A checkpoint with formula weights, a few questions and a place for runs, removed when the object goes away.
final class TinyRun: Sendable {
    let checkpoint: FormulaCheckpoint
    var path: String { checkpoint.path }
    var data: String { path + "/data.json" }
    var output: String { path + "/run" }

    /// A run over a data set with this number of questions.
    init(questions: Int = 14, family: FormulaFamily = .bert) throws {
        checkpoint = try TinyTokenizer.checkpoint(family, layers: 2)
        try Self.squad(questions: questions).write(toFile: data, atomically: true, encoding: .utf8)
    }

    /// Questions over contexts of different lengths, each answered by one word.
    static func squad(questions: Int) -> String {
        let words = ["apple", "brook", "cedar", "dune", "ember", "fjord", "grove", "hill", "isle", "jade"]
        let paragraphs = (0..<questions).map { index in
            let context = (0..<3 + index % 5).map { words[(index * 3 + $0 * 7) % words.count] }
            let answer = context[index % context.count]
            let start = context.prefix(index % context.count).reduce(0) { $0 + $1.count + 1 }
            return """
                {"context": "\(context.joined(separator: " "))", "qas": [{"id": "q\(index)",
                "question": "where is \(index)?", "answers": [{"text": "\(answer)", "answer_start": \(start)}]}]}
                """
        }
        return #"{"version": "1.1", "data": [{"title": "t", "paragraphs": ["#
            + paragraphs.joined(separator: ",") + "]}]}"
    }

    /// Two epochs of four steps, with dropout, and development data.
    var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.model = path
        configuration.train = [data]
        configuration.dev = [data]
        configuration.devLimit = 3
        configuration.maximumLength = 48
        configuration.overlap = 4
        configuration.blockSize = 4
        configuration.batchSize = 4
        configuration.dropout = 0.1
        configuration.learningRate = 1e-3
        return configuration
    }

    var options: RunOptions {
        var options = RunOptions()
        options.output = output
        options.evaluateEvery = 100
        options.checkpointEvery = 100
        options.logEvery = 1
        return options
    }

    /// The bytes of the last checkpoint's weights and moments.
    static func state(of output: String) throws -> Data {
        let checkpoints = output + "/checkpoints"
        let last = try #require(TrainingCheckpoint.steps(in: checkpoints).last)
        return try Data(contentsOf: URL(filePath: "\(checkpoints)/step-\(last)/state.safetensors"))
    }

    /// The error that a run with these settings ends with.
    func error(_ configuration: TrainingConfiguration, _ options: RunOptions? = nil) throws -> TrainingError {
        try #require(throws: TrainingError.self) {
            try Trainer(configuration, options: options ?? self.options).run()
        }
    }

    /// Where the run is by its last checkpoint.
    static func progress(of output: String) throws -> TrainingCheckpoint.Progress {
        let checkpoints = output + "/checkpoints"
        let last = try #require(TrainingCheckpoint.steps(in: checkpoints).last)
        let path = "\(checkpoints)/step-\(last)/progress.json"
        return try JSONDecoder().decode(
            TrainingCheckpoint.Progress.self,
            from: Data(contentsOf: URL(filePath: path))
        )
    }

    /// The lines of metrics without what depends on the clock.
    static func metrics(of output: String) throws -> [NSDictionary] {
        try String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8).split(separator: "\n").map {
            line in
            var object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            for key in ["time", "tokensPerSecond"] { object[key] = nil }
            if var evaluation = object["evaluation"] as? [String: Any] {
                evaluation["seconds"] = nil
                object["evaluation"] = evaluation
            }
            return NSDictionary(dictionary: object)
        }
    }

    /// The built program.
    static let program = Bundle.module.bundleURL.deletingLastPathComponent().appending(
        path: "blockskim-train"
    )

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: the program's.
    ///   - wrapper: another program with its arguments, which starts this one; empty for none.
    /// - Returns: its exit status, and what it said on standard error.
    /// - Throws: what starting it throws.
    static func runProgram(
        _ arguments: [String],
        through wrapper: [String] = []
    ) throws -> (status: Int32, said: String) {
        let process = Process()
        let command = wrapper + [program.path] + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ["BLOCKSKIM_PYTHON": "/bin/true"]
        let errors = Pipe()
        (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }

    /// The arguments that make the program do what `configuration` says.
    func arguments(output: String, dropout: String = "0.1") -> [String] {
        [
            "train", "--model", path, "--train", data, "--dev", data, "--dev-limit", "3", "--max-length",
            "48",
            "--overlap", "4", "--block-size", "4", "--batch-size", "4", "--dropout", dropout,
            "--learning-rate",
            "0.001", "--output", output, "--log-every", "1", "--threads", "1", "--precision", "f32",
        ]
    }
}
