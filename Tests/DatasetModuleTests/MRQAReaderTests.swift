import Foundation
import TestSupport
import Testing

@testable import DatasetModule

@Suite struct MRQAReaderTests {
    private func expectSmall(_ reader: DatasetReader) throws {
        #expect(reader.layout == .mrqa(name: "Small"))
        let (passages, issues) = try reader.readAll()
        #expect(issues == [])
        let first = "[TLE] Élan 😀 [PAR] The Normans came from France.\r\nFrance is old."
        let second = "[DOC] e\u{301} 東京 Tokyo is big."
        let expected = [
            Passage(
                title: nil,
                context: first,
                examples: [
                    Example(
                        id: "q1",
                        question: "Where from?",
                        context: first,
                        answers: [
                            Answer(text: "France", start: 41), Answer(text: "the Republic", start: nil),
                        ],
                        answerRanges: [41..<47, 50..<56]
                    ),
                    Example(
                        id: "q2",
                        question: "Which smiley?",
                        context: first,
                        answers: [Answer(text: "😀", start: 11)],
                        answerRanges: [11..<12]
                    ),
                ]
            ),
            Passage(
                title: nil,
                context: second,
                examples: [
                    Example(
                        id: "q3",
                        question: "Which city?",
                        context: second,
                        answers: [Answer(text: "Tokyo", start: nil), Answer(text: "東京", start: 9)],
                        answerRanges: [9..<11]
                    )
                ]
            ),
        ]
        #expect(passages == expected)
    }

    @Test func readsGzipAndPlainByContentWhateverTheName() throws {
        let packed = try GoldenFiles(.module).bytes("mrqa.jsonl.gz")
        try expectSmall(DatasetReader(bytes: packed, name: "x"))
        let plain = try FileContent.decompressed(packed, name: "x", limitBytes: 1 << 20)
        try expectSmall(DatasetReader(bytes: plain, name: "x"))
        let withBlankLines = String(decoding: plain, as: UTF8.self).replacingOccurrences(
            of: "\n",
            with: "\r\n\n"
        )
        try expectSmall(DatasetReader(bytes: Array(withBlankLines.utf8), name: "x"))
        let directory = try ScratchDirectory()
        for (name, bytes) in [("wrong.json", packed), ("wrong.gz", plain)] {
            try Data(bytes).write(to: URL(filePath: directory.file(name)))
            try expectSmall(DatasetReader(path: directory.file(name)))
        }
    }

    private let good = #"{"context":"ab cd","qas":[{"qid":"1","question":"Q","answers":["ab"]}]}"#

    @Test func firstLineIsARecordUnlessItSaysHeader() throws {
        let reader = try DatasetReader(bytes: Array(good.utf8), name: "data")
        #expect(reader.layout == .mrqa(name: nil))
        #expect(try reader.readAll().passages.count == 1)
    }

    @Test(arguments: [
        ("{\"context\":", DatasetIssue.Problem.invalidJSON(column: 12, reason: "it ends too early")),
        ("garbage", .invalidJSON(column: 1, reason: "'g' where a value should be")),
        (#"{"header":{}}"#, .missingKey("context")),
        ("[]", .wrongType(key: "the object", expected: "an object", found: "an array")),
        (#"{"context":" ","qas":[]}"#, .blankContext),
    ])
    func badLineIsReportedWithItsNumber(_ line: String, _ problem: DatasetIssue.Problem) throws {
        let (passages, issues) = try read(#"{"header":{}}"# + "\n\(line)\n\(good)\n")
        #expect(passages.count == 1)
        #expect(issues.map(\.problem) == [problem])
        #expect(issues.map(\.place.line) == [2])
        #expect(issues.map(\.consequence) == [.passageSkipped])
    }

    @Test func badFirstLineIsReportedToo() throws {
        let (passages, issues) = try read("{\"context\":\n\(good)\n")
        #expect(passages.count == 1)
        #expect(issues.map(\.place.line) == [1])
    }

    @Test func invalidUTF8CostsOnlyItsLine() throws {
        let bad = Array(good.replacingOccurrences(of: "ab cd", with: "?").utf8).map {
            $0 == UInt8(ascii: "?") ? 0xFF : $0
        }
        let (passages, issues) = try DatasetReader(bytes: bad + [0x0A] + Array(good.utf8), name: "data")
            .readAll()
        #expect(passages.map(\.context) == ["ab cd"])
        #expect(
            issues.map(\.description) == [
                "data, line 1: \"context\" is not valid text: invalid UTF-8; save the file as UTF-8; passage skipped"
            ]
        )
    }

    @Test(arguments: [
        ("[0,5]", DatasetIssue.Problem.answerOutsideContext(start: 0, end: 6, contextScalars: 5)),
        ("[-1,1]", .answerOutsideContext(start: -1, end: 2, contextScalars: 5)),
        ("[2,1]", .answerOutsideContext(start: 2, end: 2, contextScalars: 5)),
        (
            "[0,9223372036854775807]",
            .answerOutsideContext(start: 0, end: .max, contextScalars: 5)
        ),
        // Half-open by mistake: one too far.
        ("[3,3]", .answerTextMismatch(start: 3, expected: "CD", found: "c")),
        ("[3]", .wrongType(key: "char_spans", expected: "pairs of integers", found: "1 values")),
        ("7", .wrongType(key: "char_spans", expected: "an array", found: "an integer")),
        ("[3,\"4\"]", .wrongType(key: "char_spans", expected: "an integer", found: "a string")),
    ])
    func wrongSpanCostsTheSpanNotTheQuestion(_ span: String, _ problem: DatasetIssue.Problem) throws {
        let (passages, issues) = try read(
            #"{"context":"ab cd","qas":[{"qid":"1","question":"Q","answers":["CD"],"#
                + #""detected_answers":[{"text":"CD","char_spans":[\#(span),[3,4]]}]}]}"#
        )
        let example = try #require(passages.first?.examples.first)
        #expect(example.answers == [Answer(text: "CD", start: nil)])
        // The text may differ in case from the context.
        #expect(example.answerRanges == [3..<5])
        #expect(issues.map(\.problem) == [problem])
        #expect(issues.map(\.place.path) == ["qas[0].detected_answers[0].char_spans[0]"])
        #expect(issues.map(\.id) == ["1"])
    }

    @Test func oneRecordMayBePrintedOverManyLines() throws {
        let (passages, issues) = try read(good.replacingOccurrences(of: ",", with: ",\n"))
        #expect(passages.count == 1 && issues == [])
    }
}
