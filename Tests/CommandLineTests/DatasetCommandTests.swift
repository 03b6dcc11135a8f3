import Foundation
import TestSupport
import Testing

@Suite struct DatasetCommandTests {
    static let context = "the mill was built in 1921 by two sisters who lived near the river all their lives"

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory()
    }

    /// A SQuAD file; question 2 has no usable text and question 4, where wanted, no answer in the context.
    private func dataset(version: String = "1.1", unanswerable: Bool = false) throws -> String {
        var questions: [[String: Any]] = [
            [
                "id": "q1", "question": "when was it built",
                "answers": [["text": "1921", "answer_start": 22]],
            ],
            [
                "id": "q2", "question": String(repeating: "so ", count: 90),
                "answers": [["text": "two", "answer_start": 30]],
            ],
            [
                "id": "q3", "question": "who built it",
                "answers": [["text": "two sisters", "answer_start": 30]],
            ],
        ]
        if unanswerable {
            questions.append(["id": "q4", "question": "why", "answers": [], "is_impossible": true])
        }
        let document: [String: Any] = [
            "version": version,
            "data": [["title": "mill", "paragraphs": [["context": Self.context, "qas": questions]]]],
        ]
        return try scratch.write(
            Array(JSONSerialization.data(withJSONObject: document)),
            to: "\(version).json"
        )
    }

    private func run(_ arguments: [String]) throws -> CommandRun {
        let run = try CommandRun(arguments)
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    @Test func predictsAllButTheBadQuestionAndReportsIt() throws {
        let output = scratch.file("predictions.json")
        let nBest = scratch.file("n-best.json")
        let arguments = [
            "predict", try dataset(), "--model", checkpoint.path, "--output", output, "--n-best", nBest,
        ]
        let errors = try run(arguments).errors
        #expect(errors.split(separator: "\n").count == 1 && errors.hasSuffix("\n"))
        #expect(errors.contains("question q2") && errors.contains("tokens"))
        let predictions = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: output)))
                as? [String: String]
        )
        // Programs that score want every id.
        #expect(Set(predictions.keys) == ["q1", "q2", "q3"] && predictions["q2"] == "")
        #expect(predictions.values.allSatisfy { Self.context.contains($0) || $0.isEmpty })
        let candidates = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: nBest)))
                as? [String: [[String: Any]]]
        )
        #expect(Set(candidates.keys) == ["q1", "q3"])
        for (id, prediction) in predictions where id != "q2" {
            let list = try #require(candidates[id])
            #expect(list.first?["text"] as? String == prediction)
            let probabilities = list.compactMap { $0["probability"] as? Double }
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
        }
    }

    @Test func evaluatingAModelEqualsEvaluatingItsPredictions() throws {
        let data = try dataset()
        let output = scratch.file("predictions.json")
        _ = try run(["predict", data, "--model", checkpoint.path, "--output", output])
        let written = scratch.file("written.json")
        let model = try run([
            "evaluate", data, "--model", checkpoint.path, "--format", "json", "--write-predictions", written,
        ]).json()
        #expect(FileManager.default.contentsEqual(atPath: written, andPath: output))
        let file = try run(["evaluate", data, "--predictions", output, "--format", "json"]).json()
        for key in ["exactMatch", "f1", "total"] {
            #expect(model[key] as? Double == file[key] as? Double, "\(key)")
        }
        #expect(model["total"] as? Int == 3)
        // The file has "" for the question that could not be answered.
        #expect(model["missingPredictions"] as? Int == 1)
        #expect(file["missingPredictions"] as? Int == 0)
        let kept = try #require(model["keptFraction"] as? Double)
        #expect(kept > 0 && kept < 1)
        #expect((model["layers"] as? [[String: Any]])?.first?["layer"] as? Int == 1)
        for key in ["windows", "seconds", "questionsPerSecond", "answerBlockRecall"] {
            #expect(model[key] != nil)
        }
        #expect(file["keptFraction"] == nil)
        let both = try CommandRun(["evaluate", data, "--predictions", output, "--write-predictions", written])
        #expect(both.status == 64 && both.errors.contains("--write-predictions"))
    }

    @Test func aLongQuestionIsCutWhereThatIsAskedFor() throws {
        let output = scratch.file("predictions.json")
        let run = try run([
            "predict", dataset(), "--model", checkpoint.path, "--output", output, "--truncate-question",
        ])
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains("question q2: cut to the first 30 of its 180 tokens"), "\(run.errors)")
        let predictions = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: output)))
                as? [String: String]
        )
        #expect(predictions.count == 3 && predictions["q2"] != "")
        let report = try self.run([
            "evaluate", dataset(), "--model", checkpoint.path, "--truncate-question", "--format", "json",
        ]).json()
        #expect(report["missingPredictions"] as? Int == 0)
    }

    @Test func answerSaysWhatOfTheQuestionWasRead() throws {
        let question = String(repeating: "so ", count: 90)
        let arguments = [
            "answer", "--question", question, "--context", Self.context, "--model", checkpoint.path,
            "--format", "json",
        ]
        #expect(try CommandRun(arguments).status == 1)
        let run = try run(arguments + ["--truncate-question"])
        #expect(run.errors.hasPrefix("Note: the question was cut to the first 30 of its 180 tokens"))
        let truncation = try #require(try run.json()["truncation"] as? [String: Int])
        #expect(truncation == ["keptTokens": 30, "questionTokens": 180])
    }

    @Test func aTableIsAnsweredButNotScored() throws {
        let rows =
            "id,question,context\r\nq1,\"when was it built\",\"\(Self.context), or\nnot\"\r\nq2,why\r\n"
        let data = try scratch.write(Array(rows.utf8), to: "rows.csv")
        let predicted = try run(["predict", data, "--model", checkpoint.path, "--output", "-"])
        #expect(try Array(predicted.json().keys) == ["q1"])
        #expect(
            predicted.errors.contains("line 4: the row has 2 fields, the header 3"),
            "\(predicted.errors)"
        )
        let scored = try CommandRun(["evaluate", data, "--model", checkpoint.path])
        #expect(scored.status == 1 && scored.errors.contains("it looks like CSV; convert it"))
    }

    @Test func denseRunKeepsAll() throws {
        let arguments = [
            "evaluate", try dataset(), "--model", checkpoint.path, "--dense", "--format", "json",
        ]
        let report = try run(arguments).json()
        #expect(report["keptFraction"] as? Double == 1)
        #expect(report["layers"] == nil)
    }

    /// Every block of every window, from the first of three layers on.
    @Test func evaluateCountsSecondLooks() throws {
        func report(_ score: String, _ more: [String] = []) throws -> [String: Any] {
            let arguments = [
                "evaluate", try dataset(), "--model", checkpoint.path, "--skim-layer", "1", "--second-look",
                score,
            ]
            return try run(arguments + ["--format", "json"] + more).json()
        }
        let once = try report("-1000")
        #expect(once["secondLooks"] == nil)
        let kept = try #require(once["keptFraction"] as? Double)
        let work = try #require(once["layerTokenFraction"] as? Double)
        #expect(kept < 1 && abs(work - (1 + 2 * kept) / 3) < 1e-12)

        let twice = try report("1000")
        let looks = try #require(twice["secondLooks"] as? [String: Double])
        #expect(looks["questions"] == 2 && looks["questionFraction"] == 1)
        #expect(looks["windows"] == twice["windows"] as? Double)
        let more = try #require(looks["layerTokenFraction"])
        #expect(abs(more - 2.0 / 3) < 1e-12)
        #expect(try abs(#require(twice["layerTokenFraction"] as? Double) - work - more) < 1e-12)
        #expect(twice["keptFraction"] as? Double == 1)

        let text = try run([
            "evaluate", dataset(), "--model", checkpoint.path, "--skim-layer", "1", "--second-look", "1000",
        ]).output
        #expect(text.contains("100.0 % of the questions, for 66.7 % of a dense run"), "\(text)")
    }

    @Test func squad2HasUnanswerableQuestionsAndABestThreshold() throws {
        let data = try dataset(version: "v2.0", unanswerable: true)
        func report(_ more: String...) throws -> [String: Any] {
            try run(["evaluate", data, "--model", checkpoint.path, "--format", "json"] + more).json()
        }
        let usual = try report()
        #expect((usual["noAnswer"] as? [String: Any])?["total"] as? Int == 1)
        #expect((usual["hasAnswer"] as? [String: Any])?["total"] as? Int == 3)
        // The one question that the text does not answer, out of four.
        let neverAnswered = try report("--no-answer-threshold", "-1000")
        #expect(neverAnswered["f1"] as? Double == 25)
        let alwaysAnswered = try report("--no-answer-threshold", "1000")
        #expect((alwaysAnswered["noAnswer"] as? [String: Any])?["f1"] as? Double == 0)
        for report in [usual, neverAnswered, alwaysAnswered] {
            let best = try #require((report["bestF1"] as? [String: Double])?["score"])
            #expect(try best >= #require(report["f1"] as? Double))
            #expect(best == (usual["bestF1"] as? [String: Double])?["score"])
        }
    }

    @Test func limitTakesTheFirstQuestions() throws {
        let arguments = [
            "evaluate", try dataset(), "--model", checkpoint.path, "--limit", "1", "--format", "json",
        ]
        #expect(try run(arguments).json()["total"] as? Int == 1)
    }

    @Test func textNamesTheFigures() throws {
        let text = try run(["evaluate", dataset(), "--model", checkpoint.path]).output
        for word in ["exact match", "F1", "kept tokens", "block classifier, layer 1", "questions a second"] {
            #expect(text.contains(word), "\(text)")
        }
    }

    @Test func nothingIsWrittenWhenTheDataCannotBeRead() throws {
        let output = scratch.file("predictions.json")
        let data = try scratch.write(Array("{\"data\": 3}".utf8), to: "bad.json")
        let run = try CommandRun(["predict", data, "--model", checkpoint.path, "--output", output])
        #expect(run.status == 1)
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    /// The rules follow the flags of the data, unless the user says otherwise; the report says which and why.
    @Test(arguments: [
        (["--answerable", "auto"], "SQuAD 2.0", "questions are flagged with is_impossible", "100.00"),
        (["--answerable", "all"], "SQuAD 1.1", "--answerable all", "75.00"),
    ])
    func rulesFollowTheDataOrTheUser(option: [String], rules: String, reason: String, exact: String) throws {
        // The version says nothing of flags.
        let data = try dataset(version: "aok_v1.0", unanswerable: true)
        let answers = #"{"q1": "1921", "q2": "two", "q3": "two sisters", "q4": ""}"#
        let predictions = try scratch.write(Array(answers.utf8), to: "answers.json")
        let run = try CommandRun(["evaluate", data, "--predictions", predictions] + option)
        #expect(run.status == 0)
        #expect(run.output.contains("exact match") && run.output.contains(exact))
        #expect(run.output.contains("\(rules): \(reason)"))
    }

    @Test func questionsThatFailAlikeAreSaidTenTimes() throws {
        let long = String(repeating: "so ", count: 90)
        let lines =
            (1...15).map { #"{"id": "q\#($0)", "question": "\#(long)", "context": "built in 1921"}"# }
            + [#"{"id": "last", "question": "when", "context": "built in 1921"}"#]
        let data = try scratch.write(Array(lines.joined(separator: "\n").utf8), to: "long.jsonl")
        let run = try run(["predict", data, "--model", checkpoint.path, "--output", "-"])
        let warnings = run.errors.split(separator: "\n")
        #expect(warnings.count { $0.hasSuffix("left without an answer") } == 10 && warnings.count == 11)
        #expect(warnings.last == "Warning: 5 more of the same kinds")
        #expect(try run.json().count == 16)
    }

    @Test func aKindOfIssueIsPrintedTenTimes() throws {
        let line = #"{"question": "when", "context": "built in 1921"}"#
        let data = try scratch.write(
            Array([String](repeating: line, count: 25).joined(separator: "\n").utf8),
            to: "lines.jsonl"
        )
        let none = try scratch.write(Array("{}".utf8), to: "none.json")
        let run = try CommandRun(["evaluate", data, "--predictions", none])
        #expect(run.status == 1)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count { $0.contains("there is no \"id\"") } == 10)
        #expect(lines.contains("Warning: 15 more of the same kinds"))
        #expect(lines.last?.contains("none of the 25 questions has a reference answer") == true)
    }
}
