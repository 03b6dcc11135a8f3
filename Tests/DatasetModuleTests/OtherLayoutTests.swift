import Testing

@testable import DatasetModule

/// What other programs make of the two layouts.
@Suite struct OtherLayoutTests {
    private static let row =
        #"{"id":"1","title":"T","context":"The mill of 1921.","question":"When?","answers":{"text":["1921"],"answer_start":[12]}}"#
    private static let passage =
        #"{"title":"T","context":"The mill of 1921.","qas":[{"id":"1","question":"When?","answers":[{"text":"1921","answer_start":12}]}]}"#
    private static let article =
        #"{"title":"T","paragraphs":[{"context":"The mill of 1921.","qas":[{"id":"1","question":"When?","answers":[{"text":"1921","answer_start":12}]}]}]}"#

    /// A line each, an array, and an array under `data`.
    @Test(arguments: [
        row, row + "\n", "[\(row)]", "[\n \(row)\n]", #"{"version":"0.1.0","data":[\#(row)]}"#,
        "[\(passage)]",
        #"{"data":[\#(passage)]}"#, "[\(article)]", #"{"data":[\#(article)]}"#,
        // The hub's row service.
        #"{"features":[{"name":"id"}],"rows":[{"row_idx":0,"row":\#(row),"truncated_cells":[]}],"num_rows_total":1}"#,
        // Dataset.to_dict(), and pandas' usual form.
        #"{"id":["1"],"title":["T"],"context":["The mill of 1921."],"question":["When?"],"answers":[{"text":["1921"],"answer_start":[12]}]}"#,
        #"{"id":{"0":"1"},"context":{"0":"The mill of 1921."},"question":{"0":"When?"},"answers":{"0":{"text":["1921"],"answer_start":[12]}}}"#,
    ])
    func rowsPassagesAndArticlesAreRead(text: String) throws {
        let (passages, issues) = try read(text)
        #expect(issues == [])
        let example = try #require(passages.first?.examples.first)
        #expect(passages.count == 1 && passages.first?.examples.count == 1)
        #expect(example.id == "1" && example.question == "When?" && example.context == "The mill of 1921.")
        #expect(example.answers == [Answer(text: "1921", start: 12)])
        #expect(example.answerRanges == [12..<16])
    }

    @Test func columnsOfDifferentLengthsAreNoRows() {
        let text = #"{"context":["The mill of 1921.","b"],"question":["When?"]}"#
        #expect(throws: DatasetError.self) { try read(text) }
    }

    @Test func issuesOfColumnsAndRowsSayWhereTheyAre() throws {
        let columns = #"{"context":["a","b"],"question":["When?"," "],"id":["1","2"]}"#
        #expect(try read(columns).issues.map(\.place.path) == ["row 1.qas[0]"])
        let rows =
            #"{"rows":[{"row":{"context":"a","question":"q","id":"1"}},{"row":{"context":" ","question":"q"}}]}"#
        #expect(try read(rows).issues.map(\.place.path) == ["rows[1].row"])
    }

    @Test func passagesALineMayNameTheirQuestionsAsEitherLayoutDoes() throws {
        let (passages, issues) = try read(
            Self.passage + "\n" + Self.passage.replacing(#""id":"1""#, with: #""qid":"2""#)
        )
        #expect(passages.flatMap(\.examples).map(\.id) == ["1", "2"])
        #expect(passages.flatMap(\.examples).map(\.answerRanges) == [[12..<16], [12..<16]])
        #expect(issues == [])
    }

    @Test func idsThatAreMissingAreMadeUpAndSaid() throws {
        let line = #"{"question":"When?","context":"The mill of 1921."}"#
        let named = #"{"id":"question-2","question":"When?","context":"The mill of 1921."}"#
        let (passages, issues) = try read([line, named, line].joined(separator: "\n"))
        #expect(passages.flatMap(\.examples).map(\.id) == ["question-1", "question-2", "question-2-"])
        #expect(
            issues.map(\.problem) == [
                .noIdentifier(madeUp: "question-1"), .noIdentifier(madeUp: "question-2-"),
            ]
        )
        #expect(Set(issues.map(\.kind)).count == 1)
    }

    @Test(arguments: [
        (#"{"version":"v2.0","data":[ARTICLE]}"#, false),
        (#"{"version":"2021-07-14","data":[ARTICLE]}"#, false),
        (#"{"version":null,"data":[FLAGGED]}"#, true), (#"{"data":[FLAGGED]}"#, true), ("[FLAGGED]", true),
        (#"{"version":2.0,"data":[FLAGGED]}"#, true),
    ])
    func flagsSayWhetherQuestionsMayHaveNoAnswer(text: String, expected: Bool) throws {
        let flagged = Self.article.replacing(#""question":"#, with: #""is_impossible" : true,"question":"#)
        let quoted = Self.article.replacing("When?", with: #"What is \"is_impossible\"?"#)
        let text = text.replacing("ARTICLE", with: quoted).replacing("FLAGGED", with: flagged)
        #expect(try DatasetReader(bytes: Array(text.utf8), name: "data").hasImpossibleFlags == expected)
    }
}
