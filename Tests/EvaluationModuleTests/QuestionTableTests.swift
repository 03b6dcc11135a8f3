import DatasetModule
import Foundation
import TestSupport
import Testing

@testable import EvaluationModule

@Suite struct QuestionTableTests {
    private func predictions(_ text: String) throws -> Predictions {
        let directory = try ScratchDirectory()
        let path = directory.file("predictions.json")
        try Data(text.utf8).write(to: URL(filePath: path))
        return try Predictions(path: path)
    }

    private func failure(_ text: String) -> EvaluationError? {
        do {
            _ = try predictions(text)
            return nil
        } catch { return error as? EvaluationError }
    }

    @Test(arguments: [
        "\u{FEFF}{\"a\":\"x\",\"b\":\"\"}", "{\"a\":\"x\",\"b\":null}",
        "[{\"id\":\"a\",\"prediction_text\":\"x\"},{\"id\":\"b\",\"prediction_text\":\"\",\"no_answer_probability\":1}]",
        "{\"id\":\"a\",\"prediction_text\":\"x\"}\n\n{\"prediction\":null,\"id\":\"b\"}\r\n",
        "\n{\"id\":\"a\",\"prediction\":\"x\"}\n{\"id\":\"b\",\"prediction\":\"\"}",
    ])
    func readsWhatOtherProgramsWrite(text: String) throws {
        let table = try predictions(text)
        #expect(table.map(\.id) == ["a", "b"])
        #expect(table.map(\.value) == ["x", ""])
    }

    @Test func oneRowIsALine() throws {
        let table = try predictions("{\"id\":7,\"prediction\":\"x\"}")
        #expect(table.map(\.id) == ["7"] && table.map(\.value) == ["x"])
    }

    @Test func rowsMayHoldTheProbabilityOfNoAnswer() throws {
        let rows = "[{\"id\":\"a\",\"prediction_text\":\"x\",\"no_answer_probability\":0.25}]"
        let directory = try ScratchDirectory(["rows.json": rows])
        let scores = try NoAnswerScores(path: directory.file("rows.json"))
        #expect(scores.map(\.id) == ["a"] && scores.map(\.value) == [0.25])
    }

    @Test func namesTheFileThatIsMeantInstead() throws {
        let candidates = "{\"a\":[{\"text\":\"x\",\"probability\":1.0}]}"
        #expect({ if case .candidates = failure(candidates) { true } else { false } }())
        let journal = "{\"journal\":1,\"model\":\"m\"}\n{\"id\":\"a\",\"prediction\":\"x\",\"nBest\":[]}\n"
        #expect({ if case .journal = failure(journal) { true } else { false } }())
    }

    @Test func namesTheLineThatIsNoRow() {
        let row = "{\"id\":\"a\",\"prediction\":\"x\"}\n"
        #expect({ if case .notARow(_, 2, _) = failure(row + "{\"id\":\"b\"}") { true } else { false } }())
        #expect({ if case .notJSON(_, 3, 4, _) = failure(row + "\n{} x") { true } else { false } }())
        #expect({ if case .duplicateIdentifier(_, "a") = failure(row + row) { true } else { false } }())
    }

    @Test func roundTripsInOrder() throws {
        var table = Predictions()
        table["b"] = "x\u{0}\u{1F}\u{7F}\"\\/\r\n\t\u{2028}😀 e\u{301}"
        table["a"] = ""
        table["e\u{301}"] = "decomposed"
        table["\u{E9}"] = "composed"
        table["b\""] = "quote"
        let directory = try ScratchDirectory()
        let path = directory.file("predictions.json")
        try table.write(to: path)
        let read = try Predictions(path: path)
        #expect(read.map(\.id.unicodeScalars.count) == table.map(\.id.unicodeScalars.count))
        for (left, right) in zip(read, table) {
            #expect(Array(left.id.utf8) == Array(right.id.utf8))
            #expect(Array(left.value.utf8) == Array(right.value.utf8))
        }
        // An independent reader agrees.
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
        let value = try #require((object as? [String: String])?["b"])
        #expect(Array(value.utf8) == Array(try #require(table["b"]).utf8))
        // Nothing else is left behind.
        #expect(try directory.contents() == ["predictions.json"])
    }

    @Test func roundTripsNumbersExactly() throws {
        var table = NoAnswerScores()
        for (index, value) in [0.1, -1e-300, Double.leastNonzeroMagnitude, 1e22, 123456789.125, -0.0]
            .enumerated()
        {
            table["\(index)"] = value
        }
        let directory = try ScratchDirectory()
        let path = directory.file("scores.json")
        try table.write(to: path)
        #expect(try NoAnswerScores(path: path).map(\.value.bitPattern) == table.map(\.value.bitPattern))
        table["x"] = .nan
        let written = try Data(contentsOf: URL(filePath: path))
        #expect(throws: EvaluationError.self) { try table.write(to: path) }
        // A failed write leaves the old file as it was.
        #expect(try Data(contentsOf: URL(filePath: path)) == written)
        #expect(try directory.contents() == ["scores.json"])
    }

    @Test func keepsTheFirstPlaceOfAnIdThatIsSetAgain() {
        var table = Predictions()
        table["a"] = "1"
        table["b"] = "2"
        table["a"] = "3"
        #expect(table.map(\.value) == ["3", "2"])
        #expect(table["c"] == nil)
    }

    @Test func rejectsWhatIsNotAPredictionFile() throws {
        #expect(try predictions(" {} ").isEmpty)
        let cases: [(String, (EvaluationError?) -> Bool)] = [
            ("[]", { if case .notAnObject(_, "an array") = $0 { true } else { false } }),
            (
                "{\"a\":1}",
                { if case .wrongType(_, "a", "a string", "an integer") = $0 { true } else { false } }
            ),
            ("{\"a\":\"\\ud800\"}", { if case .wrongType(_, "a", _, _) = $0 { true } else { false } }),
            (
                "{\"a\":\"x\",\"a\":\"x\"}",
                { if case .duplicateIdentifier(_, "a") = $0 { true } else { false } }
            ),
            ("{\"a\":\n\"x\",}", { if case .notJSON(_, 2, 5, _) = $0 { true } else { false } }),
            ("", { if case .unreadable(.emptyFile) = $0 { true } else { false } }),
        ]
        for (text, isExpected) in cases {
            let error = failure(text)
            #expect(isExpected(error), "\(text) gave \(String(describing: error))")
        }
        #expect(throws: EvaluationError.self) { try Predictions(path: "/nonexistent/predictions.json") }
        #expect(throws: EvaluationError.self) { try Predictions(path: "/") }
    }

    /// A slice of what `Benchmarks/Fuzz` does: what is read can be written and read again.
    @Test func noMutationTraps() throws {
        let original = Array(
            #"{"q1": "caf\u00e9 \ud83d\ude00", "e\u0301": "\"\\\n", "é": "", "z": "名"}"#.utf8
        )
        let directory = try ScratchDirectory()
        let path = directory.file("predictions.json")
        var random = SplitMix(seed: 42)
        var outcomes: [String: Int] = [:]
        for _ in 0..<2_000 {
            try directory.write(random.mutatedText(original), to: "predictions.json")
            do throws(EvaluationError) {
                let table = try Predictions(path: path)
                try table.write(to: path)
                let copy = try Predictions(path: path)
                #expect(copy.count == table.count)
                #expect(zip(copy, table).allSatisfy { $0.value.utf8.elementsEqual($1.value.utf8) })
                outcomes["accepted", default: 0] += 1
            } catch {
                #expect(!error.description.contains("\n"))
                let isSyntax = if case .notJSON = error { true } else { false }
                outcomes[isSyntax ? "not JSON" : "rejected", default: 0] += 1
            }
        }
        // The mutations reach all three ends.
        #expect(outcomes.count == 3 && outcomes.values.allSatisfy { $0 > 10 }, "\(outcomes)")
    }

    @Test func cannotWriteWhereThereIsNoDirectory() {
        let table = Predictions()
        let path = "/nonexistent/predictions.json"
        #expect(throws: EvaluationError.cannotWrite(path: path, reason: "No such file or directory")) {
            try table.write(to: path)
        }
        #expect(throws: EvaluationError.cannotWrite(path: "/", reason: "it is a directory")) {
            try table.write(to: "/")
        }
    }
}

@Suite struct NBestFileTests {
    private let candidate = NBestCandidate(
        text: "a \"b\"",
        start: 3,
        end: 8,
        startLogit: 1.5,
        endLogit: -2,
        probability: 0.75
    )

    @Test func writesCandidatesOfEveryQuestion() throws {
        var noAnswer = candidate
        (noAnswer.text, noAnswer.start, noAnswer.end) = ("", nil, nil)
        let directory = try ScratchDirectory()
        let path = directory.file("n-best.json")
        let file = try NBestFile(path: path)
        try file.append(id: "q1", candidates: [candidate, noAnswer])
        try file.append(id: "q2", candidates: [])
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.commit()
        let expected = """
            {
              "q1": [{"text": "a \\"b\\"", "start": 3, "end": 8, "startLogit": 1.5, "endLogit": -2.0, \
            "probability": 0.75}, {"text": "", "startLogit": 1.5, "endLogit": -2.0, "probability": 0.75}],
              "q2": []
            }

            """
        #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
    }

    @Test func leavesNothingBehindWithoutCommit() throws {
        let directory = try ScratchDirectory()
        do {
            let file = try NBestFile(path: directory.file("n-best.json"))
            try file.append(id: "q1", candidates: [candidate])
            var broken = candidate
            broken.startLogit = .infinity
            #expect(throws: EvaluationError.notFinite(id: "q2", value: .infinity)) {
                try file.append(id: "q2", candidates: [broken])
            }
        }
        #expect(try directory.contents() == [])
    }
}
