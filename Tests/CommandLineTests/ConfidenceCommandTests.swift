import Foundation
import TestSupport
import Testing

/// A checkpoint that was calibrated for confidence: what the commands make of it.
@Suite struct ConfidenceCommandTests {
    /// Says σ(intercept) of no answer for every text, and σ(0.1 · margin) of a span.
    private static func checkpoint(intercept: Double, threshold: Double) throws -> FormulaCheckpoint {
        let zeros = #""lead": 0, "log_odds": 0, "relevance": 0, "windows_read": 0, "windows_unread": 0"#
        return try FormulaCheckpoint.skimming(
            confidence: """
                {"right": {"intercept": 0, "margin": 0.1, \(zeros)}, "usual_relevance": 0,
                "no_answer": {"threshold": \(threshold),
                "regression": {"intercept": \(intercept), "margin": 0, \(zeros)}}}
                """
        )
    }

    private func run(_ arguments: [String]) throws -> CommandRun {
        let run = try CommandRun(arguments)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        return run
    }

    @Test func answerSaysThatThereIsNoneAndWhatComesNearest() throws {
        let checkpoint = try Self.checkpoint(intercept: 2, threshold: 0.5)
        let arguments = ["answer", "--model", checkpoint.path] + AnswerCommandTests.arguments
        let lines = try run(arguments).output.split(separator: "\n")
        #expect(lines.first == "No answer in this text (0.88)")
        #expect(lines.dropFirst().first?.hasPrefix("Best span: ") == true)
        let report = try run(arguments + ["--format", "json"]).json()
        #expect(report["answerable"] as? Bool == false)
        let score = try #require(report["noAnswerScore"] as? Double)
        #expect(abs(score - 1 / (1 + exp(-2))) < 1e-12)
        #expect((report["answers"] as? [Any])?.count == 1 && report["noAnswer"] == nil)
        // The user's threshold, in logits, comes before the model's.
        let kept = try run(arguments + ["--no-answer-threshold", "1000"]).output
        #expect(!kept.contains("No answer") && !kept.contains("Best span"))
        // Nothing is left of the answers, but that there is none.
        let strict = try run(arguments + ["--min-score", "0.9"]).output.split(separator: "\n")
        #expect(strict.first == "No answer in this text (0.88)" && strict.dropFirst().count == 1)
    }

    @Test func inspectSaysWhatScoresMean() throws {
        let checkpoint = try Self.checkpoint(intercept: 2, threshold: 0.5)
        let text = try run(["inspect", "--model", checkpoint.path]).output
        #expect(text.contains(#"calibrated probabilities; "No answer" above 0.50"#))
        let object = try run(["inspect", "--model", checkpoint.path, "--format", "json"]).json()
        #expect((object["confidence"] as? [String: Double]) == ["noAnswerThreshold": 0.5])
    }

    @Test func answerGivesTheSpanWhereNoAnswerIsUnlikely() throws {
        let checkpoint = try Self.checkpoint(intercept: 2, threshold: 0.9)
        let arguments = ["answer", "--model", checkpoint.path] + AnswerCommandTests.arguments
        #expect(try !run(arguments).output.contains("No answer"))
        #expect(try run(arguments + ["--format", "json"]).json()["answerable"] as? Bool == true)
    }

    @Test func severalDocumentsHaveNoneWhenNoneOfThemHas() throws {
        let scratch = try ScratchDirectory([
            "a.txt": AnswerCommandTests.context, "b.txt": "It was opened in May.",
        ])
        for (threshold, isAnswerable) in [(0.5, false), (0.9, true)] {
            let checkpoint = try Self.checkpoint(intercept: 2, threshold: threshold)
            let arguments = [
                "answer", "--model", checkpoint.path, "--question", "When?", "--context-file", scratch.path,
            ]
            let report = try run(arguments + ["--format", "json"]).json()
            #expect(report["answerable"] as? Bool == isAnswerable && report["documents"] as? Int == 2)
            let score = try #require(report["noAnswerScore"] as? Double)
            #expect(abs(score - 1 / (1 + exp(-2))) < 1e-12)
            let lines = try run(arguments).output.split(separator: "\n")
            #expect(lines.contains("No answer in these documents (0.88)") != isAnswerable)
            #expect(lines.contains { $0.hasPrefix("Best span: ") } != isAnswerable)
        }
    }

    /// Two questions; the first is flagged where there are to be flags.
    private static func data(unanswerable: Bool, in scratch: ScratchDirectory) throws -> String {
        let flag = unanswerable ? #", "is_impossible": true"# : ""
        let answers = unanswerable ? "" : #"{"text": "1921", "answer_start": 22}"#
        let other = unanswerable ? #", "is_impossible": false"# : ""
        let text = """
            {"version": "1", "data": [{"title": "mill", "paragraphs": [{"context": "\(DatasetCommandTests.context)",
            "qas": [{"id": "q1", "question": "when was it built", "answers": [\(answers)]\(flag)}, {"id": "q2",
            "question": "when", "answers": [{"text": "1921", "answer_start": 22}]\(other)}]}]}]}
            """
        return try scratch.write(Array(text.utf8), to: "data.json")
    }

    @Test(arguments: [0.5, 0.9]) func flaggedDataGoByTheThresholdOfTheModel(threshold: Double) throws {
        let checkpoint = try Self.checkpoint(intercept: 2, threshold: threshold)
        let scratch = try ScratchDirectory()
        let data = try Self.data(unanswerable: true, in: scratch)
        let model = ["--model", checkpoint.path]
        let predicted = try #require(
            try run(["predict", data, "--output", "-"] + model).json() as? [String: String]
        )
        let refuses = threshold == 0.5
        #expect(predicted.values.allSatisfy { $0.isEmpty == refuses })
        let report = try run(["evaluate", data, "--format", "json"] + model).json()
        let noAnswer = try #require(report["noAnswer"] as? [String: Any])
        #expect(noAnswer["f1"] as? Double == (refuses ? 100 : 0))
        // One of two refusals is right, each made with 0.88; no span is.
        let reliability = try #require(report["reliability"] as? [String: Any])
        #expect(reliability["right"] as? Double == (refuses ? 0.5 : 0))
        #expect((reliability["bins"] as? [Any])?.count == 2 && reliability["count"] as? Int == 2)
        if refuses {
            let confidence = try #require(reliability["confidence"] as? Double)
            #expect(abs(confidence - 1 / (1 + exp(-2))) < 1e-12)
        }
        let text = try run(["evaluate", data] + model).output
        #expect(text.contains("calibration error"))
        #expect(text.contains("at a probability of no answer above"))
    }

    @Test func dataThatHaveAnAnswerAreNeverRefused() throws {
        let checkpoint = try Self.checkpoint(intercept: 5, threshold: 0)
        let scratch = try ScratchDirectory()
        let data = try Self.data(unanswerable: false, in: scratch)
        let predicted = try #require(
            try run(["predict", data, "--output", "-", "--model", checkpoint.path]).json()
                as? [String: String]
        )
        #expect(predicted.count == 2 && predicted.values.allSatisfy { !$0.isEmpty })
    }
}
