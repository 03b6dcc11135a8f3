import Foundation
import TestSupport
import Testing

/// `evaluate --predictions`: scoring answers that are in a file.
@Suite struct PredictionScoringTests {
    /// What `Scripts/golden/no_answer_golden.py` wrote.
    private let golden: [String: Any]
    private let scratch: ScratchDirectory

    init() throws {
        let path = Bundle.module.bundleURL.appending(path: "Fixtures/no-answer.json")
        golden = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any]
        )
        scratch = try ScratchDirectory()
        // Text, so that the order of the probabilities is kept.
        let text = try String(contentsOf: path, encoding: .utf8)
        for (key, next) in [
            ("dataset", "predictions"), ("predictions", "probabilities"), ("probabilities", "usual"),
        ] {
            let start = try #require(text.range(of: "\"\(key)\": ")).upperBound
            let end = try #require(text.range(of: ",\n \"\(next)\": ")).lowerBound
            try scratch.write(Array(text[start..<end].utf8), to: "\(key).json")
        }
    }

    private func evaluate(_ more: [String], predictions: String? = nil) throws -> CommandRun {
        try CommandRun(
            [
                "evaluate", scratch.file("dataset.json"), "--predictions",
                predictions ?? scratch.file("predictions.json"),
            ] + more
        )
    }

    private func probabilities(_ more: String...) -> [String] {
        ["--na-prob-file", scratch.file("probabilities.json")] + more
    }

    @Test(arguments: [("usual", [String]()), ("above", ["--na-prob-thresh", "0.3"])])
    func probabilitiesOfNoAnswerGiveWhatTheOfficialProgramReports(key: String, more: [String]) throws {
        let run = try evaluate(probabilities("--format", "json") + more)
        #expect(run.status == 0, "\(run.errors)")
        let report = try run.json()
        let expected = try #require(golden[key] as? [String: Any])
        func number(_ value: Any?, _ keys: String...) throws -> Double {
            try #require(keys.reduce(value) { ($0 as? [String: Any])?[$1] } as? Double)
        }
        for name in ["exactMatch", "f1"] {
            #expect(try abs(number(report, name) - number(expected, name)) < 1e-9)
            for part in ["hasAnswer", "noAnswer"] {
                #expect(try abs(number(report, part, name) - number(expected, part, name)) < 1e-9)
            }
        }
        for name in ["bestExactMatch", "bestF1"] {
            #expect(try abs(number(report, name, "score") - number(expected, name, "score")) < 1e-9)
            // A threshold is one of the numbers of the file, to the last bit.
            #expect(try number(report, name, "threshold") == number(expected, name, "threshold"))
        }
    }

    @Test func textNamesTheOptionThatTakesTheThreshold() throws {
        let run = try evaluate(probabilities())
        #expect(run.output.contains("61.67 at --na-prob-thresh 0.30000000000000004"), "\(run.output)")
    }

    @Test func probabilitiesNeedPredictionsAndTheRulesOfSquad2() throws {
        let data = scratch.file("dataset.json")
        let alone = try CommandRun(["evaluate", data] + probabilities())
        #expect(alone.status == 64 && alone.errors.contains("--predictions"), "\(alone.errors)")
        let threshold = try evaluate(["--na-prob-thresh", "0.3"])
        #expect(threshold.status == 64 && threshold.errors.contains("--na-prob-file"), "\(threshold.errors)")
        let rules = try evaluate(probabilities("--answerable", "all"))
        #expect(rules.status == 64 && rules.errors.contains("--answerable some"), "\(rules.errors)")
    }

    @Test func everyPredictionNeedsAProbability() throws {
        let empty = try scratch.write(Array("{}".utf8), to: "empty.json")
        let run = try evaluate(["--na-prob-file", empty])
        #expect(run.status == 1 && run.errors.contains("no no-answer score"), "\(run.errors)")
    }

    @Test(arguments: [
        (["--precision", "int8"], ["--precision has"]),
        (["--model", "m", "--dense"], ["--dense and --model have"]),
        (
            ["--batch-size", "1", "--max-length", "64", "--threads=2"],
            ["--batch-size, --max-length and --threads have"]
        ),
        (["--skim-layer", "1", "2"], ["--skim-layer has"]),
        (["--no-answer-threshold", "-1"], ["--no-answer-threshold has"]),
        (["--truncate-question"], ["--truncate-question has"]),
    ])
    func optionsWithoutEffectAreRefused(options: [String], mentions: [String]) throws {
        let run = try evaluate(options)
        #expect(run.status == 64 && run.output.isEmpty)
        for part in mentions + ["no effect on a file of answers", "--predictions"] {
            #expect(run.errors.contains(part), "\(run.errors)")
        }
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func optionsThatHaveAnEffectAreTaken() throws {
        #expect(try evaluate(["--limit", "2", "--format", "json", "--answerable", "auto"]).status == 0)
    }

    @Test(arguments: ["prediction", "prediction_text"]) func rowsALineAreRead(field: String) throws {
        let predictions = try #require(golden["predictions"] as? [String: String])
        let lines = predictions.map { #"{"id": "\#($0)", "\#(field)": "\#($1)"}"# }.joined(separator: "\n")
        let path = try scratch.write(Array(lines.utf8), to: "lines.jsonl")
        #expect(try evaluate([], predictions: path).output == evaluate([]).output)
    }

    @Test func standardInputMayBeEitherFile() throws {
        let expected = try evaluate([]).output
        let (data, predictions) = (scratch.file("dataset.json"), scratch.file("predictions.json"))
        func run(_ arguments: [String], input: String) throws -> String {
            try CommandRun(arguments, input: Data(contentsOf: URL(filePath: input))).output
        }
        #expect(try run(["evaluate", "-", "--predictions", predictions], input: data) == expected)
        #expect(try run(["evaluate", data, "--predictions", "-"], input: predictions) == expected)
    }

    @Test func ourOwnCandidatesAreNamed() throws {
        let candidates =
            #"{"a": [{"text": "1921", "start": 22, "end": 26, "startLogit": 1.0, "endLogit": 1.0, "probability": 1.0}]}"#
        let path = try scratch.write(Array(candidates.utf8), to: "n-best.json")
        let run = try evaluate([], predictions: path)
        #expect(run.status == 1 && run.errors.contains("--n-best") && run.errors.contains("--output"))
    }

    @Test func idsThatMatchNothingAreSaid() throws {
        let path = try scratch.write(Array(#"{"x": "1921"}"#.utf8), to: "other.json")
        let run = try evaluate([], predictions: path)
        #expect(run.status == 0 && run.errors.contains("no id of the predictions"))
    }

    /// Standard output may be a file that is read, by another name.
    @Test func outputOverAnInputIsRefused() throws {
        let link = scratch.file("link.json")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "predictions.json")
        let arguments = ["evaluate", scratch.file("dataset.json"), "--predictions", link]
        let words = [CommandRun.program.path] + arguments
        let script = "\"$@\" >> '\(scratch.file("predictions.json"))'"
        let before = try Data(contentsOf: URL(filePath: link))
        let run = try CommandRun(["-c", script, "sh"] + words, program: URL(filePath: "/bin/sh"))
        #expect(run.status == 64 && run.errors.contains("standard output is the file"), "\(run.errors)")
        #expect(try Data(contentsOf: URL(filePath: link)) == before)
    }
}
