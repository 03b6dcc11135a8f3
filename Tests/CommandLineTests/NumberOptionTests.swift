import Foundation
import TestSupport
import Testing

/// Every option that takes a number, with numbers that are out of range, no numbers, or at the end of the range.
@Suite struct NumberOptionTests {
    /// A new option is tested unless it is named here.
    static let optionsWithText: Set = [
        "architecture", "attention-region", "color", "context", "context-file", "file", "format", "model",
        "n-best", "output", "precision", "predictions", "question", "write-predictions",
    ]
    static let values = ["0", "-1", "9223372036854775807", "nan", "1" + String(repeating: "0", count: 400)]
    static let commands = ["answer", "predict", "evaluate", "benchmark", "inspect", "tokenize"]

    private static let timeout = URL(filePath: "/usr/bin/timeout")
    private static let hasTimeout = FileManager.default.fileExists(atPath: timeout.path)

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming(frontier: [
            FrontierPoint(layers: [2], threshold: 0.5, f1Loss: 0, speedup: 1.1)
        ])
        scratch = try ScratchDirectory([
            "data.json": """
            {"version": "1.1", "data": [{"title": "mill", "paragraphs": [{
            "context": "the mill was built in 1921", "qas": [{"id": "q", "question": "when",
            "answers": [{"text": "1921", "answer_start": 22}]}]}]}]}
            """
        ])
    }

    /// What makes a command run, and run briefly, beside the option that is tested.
    private func arguments(_ command: String, testing option: String) -> [String] {
        let model = [command, "--model", checkpoint.path]
        switch command {
        case "answer": return model + ["--question", "when", "--context", "the mill was built in 1921"]
        case "predict":
            return model + [scratch.file("data.json"), "--output", scratch.file("\(UUID()).json")]
        case "evaluate": return model + [scratch.file("data.json")]
        case "benchmark":
            let small = [("length", "8"), ("padded-length", "64"), ("runs", "1")]
            return model + small.filter { $0.0 != option }.flatMap { ["--\($0.0)", $0.1] }
        default: return model
        }
    }

    private func numberOptions(of command: String) throws -> [String] {
        let help = try CommandRun([command, "--experimental-dump-help"]).json()
        let arguments = (help["command"] as? [String: Any])?["arguments"] as? [[String: Any]]
        return try #require(arguments).filter { $0["kind"] as? String == "option" }
            .compactMap { ($0["preferredName"] as? [String: String])?["name"] }
            .filter { !Self.optionsWithText.contains($0) }
    }

    @Test(.enabled(if: hasTimeout, "without timeout(1) a hang would not end"), arguments: commands)
    func numberIsInRangeOrRejectedInOneLine(command: String) throws {
        let options = try numberOptions(of: command)
        #expect(options.isEmpty == ["inspect", "tokenize"].contains(command))
        for option in options {
            for value in Self.values {
                let all = arguments(command, testing: option) + ["--\(option)", value]
                let run = try CommandRun(["60", CommandRun.program.path] + all, program: Self.timeout)
                let name = "\(command) --\(option) \(value.prefix(30)): \(run.errors)"
                #expect(run.status == 64 || run.status == 0, "\(name)")
                #expect(run.errors.split(separator: "\n").count <= 1, "\(name)")
                guard run.status == 64 else { continue }
                #expect(run.errors.hasPrefix("Error: ") && run.errors.contains("--\(option)"), "\(name)")
                #expect(run.output.isEmpty, "\(name)")
            }
        }
    }

    /// A number that a model limits is checked against the model.
    @Test func lengthsBeyondTheModelAreRejected() throws {
        let padded = ["--length", "8", "--padded-length"]
        for more in [["--length", "65"], ["--length", "1048576"], padded + ["65"]] {
            let run = try CommandRun(["benchmark", "--model", checkpoint.path, "--runs", "1"] + more)
            #expect(run.status == 1 && run.errors.contains("at most 64"), "\(more): \(run.errors)")
        }
        for more in [["--length", "513"], padded + ["513"], ["--skim-layer", "13"]] {
            let run = try CommandRun(["benchmark", "--architecture", "bert-base"] + more)
            #expect(run.status == 64 && run.errors.contains("bert-base"), "\(more): \(run.errors)")
        }
    }
}
