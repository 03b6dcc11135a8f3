import Foundation
import Testing

@testable import DatasetModule

private let context = "The Normans, né 😀 north\r\nmen."

/// A SQuAD document of one paragraph.
private func squad(_ questions: String, context: String = "The Normans, né 😀 north\\r\\nmen.") -> String {
    #"{"version":"v2.0","data":[{"title":"N","paragraphs":[{"context":"\#(context)","qas":[\#(questions)]}]}]}"#
}

@Suite struct SquadReaderTests {
    @Test func readsQuestionsWithTheirAnswers() throws {
        let text = squad(
            #"""
            {"id":"1","question":" Who? ","answers":[{"text":"Normans","answer_start":4},
             {"text":"😀 north\r\nmen","answer_start":16}]},
            {"id":"2","question":"Why?","is_impossible":true,"answers":[],
             "plausible_answers":[{"text":"x","answer_start":-1}]},
            {"id":3,"question":"When?"}
            """#
        )
        let (passages, issues) = try read(text)
        #expect(issues == [])
        let expected = [
            Example(
                id: "1",
                question: " Who? ",
                context: context,
                answers: [Answer(text: "Normans", start: 4), Answer(text: "😀 north\r\nmen", start: 16)],
                answerRanges: [4..<11, 16..<28],
                title: "N"
            ),
            Example(id: "2", question: "Why?", context: context, answers: [], title: "N", isImpossible: true),
            Example(id: "3", question: "When?", context: context, answers: [], title: "N"),
        ]
        #expect(passages == [Passage(title: "N", article: 0, context: context, examples: expected)])
    }

    @Test func passagesWithoutQuestionsAreKeptWhenAskedFor() throws {
        let text = """
            {"data": [{"title": "T", "paragraphs": [{"context": "C", "qas": []},
            {"context": "D", "qas": [{"id": "1", "question": "Q"}]}]}, {"context": "E", "id": "2", "question": "R"}, {"title": "T",
            "paragraphs": [{"context": "F", "qas": [{"id": "1", "question": "S"}]}]}]}
            """
        let reader = try DatasetReader(bytes: Array(text.utf8), name: "data")
        reader.keepsPassagesWithoutQuestions = true
        let (passages, issues) = try reader.readAll()
        #expect(
            passages.map(\.context) == ["C", "D", "E", "F"] && passages.map(\.examples.count) == [0, 1, 1, 0]
        )
        #expect(passages.map(\.article) == [0, 0, nil, 1] && issues.map(\.problem) == [.duplicateIdentifier])
        #expect(try read(text).passages.map(\.context) == ["D", "E"])
    }

    @Test func keysMayComeInAnyOrderAndOverManyLines() throws {
        let text = """
            \u{FEFF}
            {
              "data": [
                {"paragraphs": [{"qas": [{"question": "Q", "id": "1"}], "context": "C"}], "title": "T"},
                {"paragraphs": []},
                {"paragraphs": [{"context": "D", "qas": []}, {"context": "E", "qas": [{"id": "2", "question": "R"}]}]}
              ],
              "version": "1.1"
            }

            """
        let reader = try DatasetReader(bytes: Array(text.utf8), name: "data")
        #expect(reader.layout == .squad(version: "1.1"))
        let passages = try reader.readAll().passages
        #expect(passages.map(\.title) == ["T", nil])
        #expect(passages.map(\.context) == ["C", "E"])
    }

    @Test func handsOutIssuesBeforeTheirPassageAndGoesOn() throws {
        let text = squad(#"{"id":"1"},{"id":"2","question":"Q"}"#)
        let reader = try DatasetReader(bytes: Array(text.utf8), name: "data")
        guard case .issue(let issue) = try reader.next() else { return #expect(Bool(false)) }
        #expect(
            issue.description
                == #"data, data[0].paragraphs[0].qas[0] (id "1"): key "question" is missing; add it; question skipped"#
        )
        guard case .passage(let passage) = try reader.next() else { return #expect(Bool(false)) }
        #expect(passage.examples.map(\.id) == ["2"])
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [
        (#"{"id":"1"}"#, DatasetIssue.Problem.missingKey("question")),
        (#"{"id":"1","question":"Q","question":"R"}"#, .duplicateKey("question")),
        (#"{"id":1.5,"question":"Q"}"#, .wrongType(key: "id", expected: "a string", found: "the number 1.5")),
        (#"{"id":"1","question":7}"#, .wrongType(key: "question", expected: "a string", found: "an integer")),
        (#"{"id":"1","question":" \t\u3000"}"#, .blankQuestion),
        (
            #"{"id":"1","question":"\udc00"}"#,
            .malformedText(key: "question", reason: "half of a surrogate pair in a \\u escape")
        ),
        (#"{"id":"ok","question":"Q"}"#, .duplicateIdentifier),
        (#"null"#, .wrongType(key: "the object", expected: "an object", found: "null")),
    ])
    func badQuestionIsReportedAndTheRestIsRead(_ question: String, _ problem: DatasetIssue.Problem) throws {
        let (passages, issues) = try read(
            squad(#"{"id":"ok","question":"Q"},\#(question),{"id":"last","question":"Q"}"#)
        )
        #expect(passages.flatMap(\.examples).map(\.id) == ["ok", "last"])
        #expect(issues.map(\.problem) == [problem])
        #expect(issues.map(\.place.path) == ["data[0].paragraphs[0].qas[1]"])
        #expect(issues.map(\.consequence) == [.exampleSkipped])
    }

    /// Whoever only answers questions needs no reference answers.
    @Test(arguments: [
        (#""answers":{}"#, DatasetIssue.Problem.missingKey("text")),
        (#""answers":7"#, .wrongType(key: "the object", expected: "an object", found: "an integer")),
        (#""answers":[{"answer_start":0}]"#, .missingKey("text")),
        (
            #""is_impossible":"no""#,
            .wrongType(key: "is_impossible", expected: "a boolean", found: "a string")
        ),
        (#""is_impossible":2"#, .wrongType(key: "is_impossible", expected: "a boolean", found: "an integer")),
    ])
    func questionWithBadAnswersIsKept(_ fields: String, _ problem: DatasetIssue.Problem) throws {
        let (passages, issues) = try read(squad(#"{"id":"1","question":"Q",\#(fields)}"#))
        #expect(passages.flatMap(\.examples).map(\.answers) == [[]])
        #expect(issues.map(\.problem) == [problem])
        #expect(issues.map(\.consequence) == [.valueIgnored])
    }

    @Test(arguments: [
        ("true", true), ("false", false), ("null", false), ("0", false), ("1", true), ("\"False\"", false),
        ("\"true\"", true),
    ])
    func flagsAreReadAsOtherProgramsWriteThem(_ value: String, _ expected: Bool) throws {
        let (passages, issues) = try read(squad(#"{"id":"1","question":"Q","is_impossible":\#(value)}"#))
        #expect(passages.flatMap(\.examples).map(\.isImpossible) == [expected])
        #expect(issues == [])
    }

    @Test(arguments: [
        #""answers":{"text":["Normans","né"],"answer_start":[4,13]}"#,
        #""answers":[{"text":"Normans","answer_start":4},{"text":"né","answer_start":13}]"#,
    ])
    func answersMayBeAListOrTwo(_ answers: String) throws {
        let (passages, issues) = try read(squad(#"{"id":"1","question":"Q",\#(answers)}"#))
        let example = try #require(passages.first?.examples.first)
        #expect(example.answers == [Answer(text: "Normans", start: 4), Answer(text: "né", start: 13)])
        #expect(example.answerRanges == [4..<11, 13..<15])
        #expect(issues == [])
    }

    @Test func theOnlyAnswerMayStandAlone() throws {
        let (passages, _) = try read(
            squad(#"{"id":"1","question":"Q","answer":{"text":"Normans","answer_start":4}}"#)
        )
        #expect(passages.first?.examples.first?.answerRanges == [4..<11])
    }

    @Test func questionOfAnIdThatIsTakenIsKeptWhereThatIsWanted() throws {
        let text = squad(#"{"id":"1","question":"Q"},{"id":"1","question":"R"}"#)
        let reader = try DatasetReader(bytes: Array(text.utf8), name: "data")
        reader.keepsDuplicates = true
        let (passages, issues) = try reader.readAll()
        #expect(passages.flatMap(\.examples).map(\.question) == ["Q", "R"])
        #expect(issues.map(\.consequence) == [.duplicateKept])
        #expect(try read(text).passages.flatMap(\.examples).map(\.question) == ["Q"])
    }

    @Test(arguments: [
        (
            #"{"text":"Normans","answer_start":3}"#,
            DatasetIssue.Problem.answerTextMismatch(start: 3, expected: "Normans", found: " Norman")
        ),
        // The same characters, other scalars.
        (
            #"{"text":"ne\u0301","answer_start":13}"#,
            .answerTextMismatch(start: 13, expected: "ne\u{301}", found: "né ")
        ),
        (
            #"{"text":"men.","answer_start":26}"#,
            .answerOutsideContext(start: 26, end: 30, contextScalars: 29)
        ),
        (#"{"text":"T","answer_start":-1}"#, .answerOutsideContext(start: -1, end: 0, contextScalars: 29)),
        (
            #"{"text":"T","answer_start":9223372036854775807}"#,
            .answerOutsideContext(start: .max, end: .max, contextScalars: 29)
        ),
        (#"{"text":"","answer_start":0}"#, .blankAnswer),
        (#"{"text":"T"}"#, .missingKey("answer_start")),
        (
            #"{"text":"T","answer_start":9223372036854775808}"#,
            .wrongType(key: "answer_start", expected: "an integer", found: "the number 9223372036854775808")
        ),
    ])
    func wrongPlaceCostsThePlaceNotTheAnswer(_ answer: String, _ problem: DatasetIssue.Problem) throws {
        let good = #"{"text":"men","answer_start":25}"#
        let (passages, issues) = try read(
            squad(#"{"id":"1","question":"Q","answers":[\#(answer),\#(good)]}"#)
        )
        let example = try #require(passages.first?.examples.first)
        #expect(example.answers.map(\.start) == [nil, 25])
        #expect(example.answerRanges == [25..<28])
        #expect(issues.map(\.problem) == [problem])
        #expect(issues.map(\.place.path) == ["data[0].paragraphs[0].qas[0].answers[0]"])
        #expect(issues.map(\.consequence) == [.locationDropped])
    }

    @Test func answersOutweighTheFlagImpossible() throws {
        let (passages, issues) = try read(
            squad(
                #"{"id":"1","question":"Q","is_impossible":true,"answers":[{"text":"The","answer_start":0}]}"#
            )
        )
        #expect(passages.first?.examples.first?.isImpossible == false)
        #expect(issues.map(\.problem) == [.impossibleWithAnswers])
    }

    @Test(arguments: [
        (#"{"context":" \n","qas":[]}"#, DatasetIssue.Problem.blankContext),
        (#"{"qas":[]}"#, .missingKey("context")),
        (#"{"context":"C"}"#, .missingKey("qas")),
        (#"{"context":"C","qas":7}"#, .wrongType(key: "qas", expected: "an array", found: "an integer")),
        (#"[]"#, .wrongType(key: "the object", expected: "an object", found: "an array")),
    ])
    func badParagraphIsReportedAndTheRestIsRead(_ paragraph: String, _ problem: DatasetIssue.Problem) throws {
        let good = #"{"context":"C","qas":[{"id":"1","question":"Q"}]}"#
        let (passages, issues) = try read(
            #"{"data":[7,{"title":1,"paragraphs":[\#(paragraph),\#(good)]},{}]}"#
        )
        #expect(passages.count == 1)
        #expect(
            issues.map(\.problem) == [
                .wrongType(key: "data[0]", expected: "an object", found: "an integer"),
                .wrongType(key: "title", expected: "a string", found: "an integer"), problem,
                .missingKey("paragraphs"),
            ]
        )
        #expect(issues.map(\.place.path) == ["data[0]", "data[1]", "data[1].paragraphs[0]", "data[2]"])
    }

    @Test func invalidUTF8CostsOnlyItsQuestion() throws {
        var bytes = Array(squad(#"{"id":"1","question":"?"},{"id":"2","question":"Q"}"#).utf8)
        let index = try #require(bytes.firstIndex(of: UInt8(ascii: "?")))
        bytes[index] = 0xFF
        let (passages, issues) = try DatasetReader(bytes: bytes, name: "data").readAll()
        #expect(passages.flatMap(\.examples).map(\.id) == ["2"])
        #expect(issues.map(\.problem) == [.malformedText(key: "question", reason: "invalid UTF-8")])
    }
}
