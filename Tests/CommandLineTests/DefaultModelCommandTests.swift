import Foundation
import TestSupport
import Testing

/// The program without `--model`: with the model that comes with it, whatever its weights are.
@Suite struct DefaultModelCommandTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL
    private static let directory = CommandRun.products
        .appending(path: "block-skim_BlockSkimDefaultModel.resources/Model").path
    private static let text = repository.appending(path: "Examples/lighthouses.txt").path
    private static let question = [
        "answer", "--question", "Where was the first Fresnel lens lit?", "--context-file", text, "--format",
        "json",
    ]

    private func run(
        _ arguments: [String],
        input: String = "",
        program: URL = CommandRun.program
    ) throws -> CommandRun {
        let run = try CommandRun(arguments, input: Data(input.utf8), program: program)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        return run
    }

    private func answersTheQuestion(program: URL = CommandRun.program) throws {
        let report = try run(Self.question, program: program).json()
        let answer = try #require((report["answers"] as? [[String: Any]])?.first?["text"] as? String)
        #expect(answer.contains("Cordouan"))
        let skim = try #require(report["skim"] as? [String: Any])
        let kept = try #require(skim["blocks"] as? [[String: Any]]).map { $0["kept"] as? Bool }
        #expect(kept.contains(true) && kept.contains(false))
    }

    @Test func answersAndReportsDroppedBlocks() throws { try answersTheQuestion() }

    @Test func saysAfterWhichLayersTokensWereKept() throws {
        let question = Self.question.filter { $0 != "--format" && $0 != "json" }
        let text = try run(question + ["--skim-layer", "3", "4", "--skip-threshold", "0.98"]).output
        #expect(text.contains("kept after layers 3 and 4 ("))
        let single = try run(question + ["--skim-layer", "3"]).output
        #expect(single.contains("kept after layer 3 ("))
    }

    @Test func inspectShowsWhatWasCalibrated() throws {
        let object = try run(["inspect", "--format", "json"]).json()
        let settings = try #require(object["settings"] as? [[String: Any]])
        let speeds = settings.compactMap { $0["measuredSpeedup"] as? Double }
        #expect(speeds.count == settings.count && speeds.first ?? 0 > 1 && speeds == speeds.sorted())
        #expect(try #require((object["documents"] as? [String: Any])?["maximumWindows"] as? Int) > 0)
        let text = try run(["inspect"]).output
        #expect(text.contains("times as fast as dense: after "))
        #expect(text.contains("best-first, at most"))
        // What a row says chooses what it says.
        for (index, row) in text.split(separator: "\n").filter({ $0.hasPrefix("--max-f1-loss ") })
            .enumerated()
        {
            let loss = row.split(separator: " ")[1]
            let report = try run(Self.question + ["--max-f1-loss", "\(loss)"]).json()
            let skim = try #require(report["skim"] as? [String: Any])
            #expect(skim["layers"] as? [Int] == settings[index]["skimLayers"] as? [Int], "\(row)")
        }
    }

    @Test func inspectsAndTokenizesWithTheDefaultModel() throws {
        let commands = [(["inspect"], ""), (["tokenize", "--file", "-"], "The caf\u{E9} burnt down.\n")]
        for (arguments, input) in commands {
            let named = try run(arguments + ["--model", Self.directory], input: input)
            #expect(try run(arguments, input: input).output == named.output)
        }
    }

    @Test func scoresTheDefaultModel() throws {
        let scratch = try ScratchDirectory([
            "data.json": """
            {"version": "1.1", "data": [{"title": "mill", "paragraphs": [{"context": "The mill was built in 1921.",
            "qas": [{"id": "q", "question": "When was the mill built?", "answers": [{"text": "1921", "answer_start": 22}]}]}]}]}
            """
        ])
        let output = scratch.file("predictions.json")
        _ = try run(["predict", scratch.file("data.json"), "--output", output])
        let model = try run(["evaluate", scratch.file("data.json"), "--format", "json"]).json()
        let file = ["evaluate", scratch.file("data.json"), "--format", "json", "--predictions", output]
        #expect(try model["f1"] as? Double == run(file).json()["f1"] as? Double)
        #expect(try #require(model["f1"] as? Double) > 0)
    }

    @Test func measuresTheDefaultModel() throws {
        let lengths = ["--length", "16", "--padded-length", "16"]
        let report = try run(["benchmark"] + lengths + ["--runs", "1", "--format", "json"]).json()
        #expect(report["architecture"] as? String == "default model")
        #expect(report["skimMilliseconds"] is Double)
    }

    /// What `make install` does with a program that is built already.
    @Test func installedCopyAnswers() throws {
        let prefix = try ScratchDirectory()
        let make = Process()
        make.executableURL = URL(filePath: "/usr/bin/env")
        make.arguments = [
            "make", "--silent", "--directory", Self.repository.path, "install-files", "PREFIX=\(prefix.path)",
            "BINARY=\(CommandRun.program.path)",
        ]
        try make.run()
        make.waitUntilExit()
        #expect(make.terminationStatus == 0)
        try answersTheQuestion(program: URL(filePath: prefix.file("bin/blockskim")))
    }

    @Test func copyWithoutTheModelSaysWhereItLooked() throws {
        let scratch = try ScratchDirectory()
        let program = URL(filePath: scratch.path).resolvingSymlinksInPath().appending(path: "blockskim")
        try FileManager.default.copyItem(at: CommandRun.program, to: program)
        let run = try CommandRun(Self.question, program: program)
        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 1)
        let folder = program.deletingLastPathComponent().path
        for part in ["\(folder)/block-skim_", "\(folder)/../share/blockskim", "--model DIR"] {
            #expect(run.errors.contains(part), "\(run.errors)")
        }
    }
}
