import Foundation
import TestSupport
import Testing

@testable import DatasetModule

/// Comma- and tab-separated values.
@Suite struct TableTests {
    private func readTable(
        _ text: String,
        name: String = "data",
        limits: DatasetReader.Limits = .init()
    ) throws(DatasetError) -> (passages: [Passage], issues: [DatasetIssue]) {
        try readTable(Array(text.utf8), name: name, limits: limits)
    }

    private func readTable(
        _ bytes: [UInt8],
        name: String = "data",
        limits: DatasetReader.Limits = .init()
    ) throws(DatasetError) -> (passages: [Passage], issues: [DatasetIssue]) {
        try DatasetReader(bytes: bytes, name: name, limits: limits, tables: .read).readAll()
    }

    private func failure(_ text: String, name: String = "data", limits: DatasetReader.Limits = .init())
        -> DatasetError?
    {
        do throws(DatasetError) {
            _ = try readTable(text, name: name, limits: limits)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        "id,question,context\n1,When?,\"The mill, of 1921.\"\n",
        "id,question,context\r\n1,When?,\"The mill, of 1921.\"\r\n",
        "\u{FEFF}id,question,context\n1,When?,\"The mill, of 1921.\"",
        "\n\"Context\", Question ,ID\n\n\"The mill, of 1921.\",When?,1\n\n",
        "question\tcontext\tqid\nWhen?\tThe mill, of 1921.\t1\n",
        "question\tother\tcontext\tanswers\tid\r\n\"When?\"\t\tThe mill, of 1921.\t{'text': []}\t1\r\n",
    ])
    func rowsAreRead(text: String) throws {
        let (passages, issues) = try readTable(text)
        #expect(issues == [])
        let example = try #require(passages.first?.examples.first)
        #expect(passages.count == 1 && passages.first?.examples.count == 1)
        #expect(example.id == "1" && example.question == "When?")
        #expect(example.context == "The mill, of 1921.")
        #expect(example.answers == [])
    }

    @Test func quotedFieldsHoldLineEndsSeparatorsAndQuotes() throws {
        let text =
            "question,context,id\r\n\"a\r\nb\",\"x\n\n\"\"y\"\", z\",\"1\"\r\nsay \"no\",,2\r\nq,c \"d\" e\"\",3"
        let (passages, issues) = try readTable(text)
        #expect(passages.map(\.context) == ["x\n\n\"y\", z", "c \"d\" e\"\""])
        #expect(passages.flatMap(\.examples).map(\.question) == ["a\r\nb", "q"])
        #expect(issues.map(\.problem) == [.blankContext])
        #expect(issues.first?.place.line == 6)
    }

    /// Golden values: `Scripts/golden/table_golden.py`.
    @Test func readsWhatPythonWrites() throws {
        struct Golden: Decodable {
            struct Table: Decodable {
                var text: String
                var rows: [[String]]
            }
            var tables: [Table]
        }
        let golden = try GoldenFiles(.module).decode("tables.json", as: Golden.self)
        #expect(golden.tables.count == 8)
        for table in golden.tables {
            let (passages, issues) = try readTable(table.text)
            #expect(issues == [])
            let rows = passages.flatMap(\.examples).map {
                [$0.id, $0.question, $0.context].map { Array($0.utf8) }
            }
            #expect(rows == table.rows.map { $0.map { Array($0.utf8) } })
        }
    }

    @Test func idsThatAreMissingOrEmptyAreMadeUpAndSaid() throws {
        let (passages, issues) = try readTable("question,context,id\nq,c,\nq,c,x\n")
        #expect(passages.flatMap(\.examples).map(\.id) == ["question-1", "x"])
        #expect(issues.map(\.problem) == [.noIdentifier(madeUp: "question-1")])
        #expect(try readTable("question,context\nq,c\n").issues.count == 1)
    }

    @Test func aRowOfAnotherLengthIsSkippedAndSaid() throws {
        let (passages, issues) = try readTable("question,context,id\nq,c, d,1\nq\nq,c,3\n")
        #expect(passages.flatMap(\.examples).map(\.id) == ["3"])
        #expect(issues.map(\.problem) == [.fieldCount(4, expected: 3), .fieldCount(1, expected: 3)])
        #expect(issues.map(\.place.line) == [2, 3])
    }

    @Test func namesTheLineOfAFaultyQuote() {
        #expect(
            failure("question,context\n\"a\nb\",\"c\n\"\"\nq,c\n")
                == .malformedTable(path: "data", line: 3, .unclosedQuote)
        )
        #expect(
            failure("question,context\n\"a\nb\"c,d\n")
                == .malformedTable(path: "data", line: 3, .textBehindQuote)
        )
    }

    @Test func namesTheColumnThatIsMissingOrThereTwice() {
        #expect(
            failure("question,text\nq,c\n")
                == .malformedTable(
                    path: "data",
                    line: 1,
                    .missingColumn("context", found: ["question", "text"])
                )
        )
        #expect(
            failure("a,b\nq,c\n", name: "x.CSV")
                == .malformedTable(path: "x.CSV", line: 1, .missingColumn("question", found: ["a", "b"]))
        )
        #expect(
            failure("question,context,Question\nq,c,q\n")
                == .malformedTable(path: "data", line: 1, .duplicateColumn("question"))
        )
    }

    @Test func aTableWithoutRowsHasNoQuestions() {
        #expect(failure("question,context\n") == .noQuestions(path: "data", issueCount: 0))
    }

    @Test func textThatIsNotUTF8IsSkippedAndSaid() throws {
        let bytes = Array("question,context,id\nq,caf".utf8) + [0xE9] + Array(",1\nq,c,2\n".utf8)
        let (passages, issues) = try readTable(bytes)
        #expect(passages.flatMap(\.examples).map(\.id) == ["2"])
        #expect(
            issues.map(\.problem)
                == [.malformedText(key: "context", reason: "byte 3 of the field is not UTF-8")]
        )
    }

    /// What is open for longer than a line may be is not collected to the end of the file.
    @Test func aRecordIsBounded() {
        var limits = DatasetReader.Limits()
        limits.lineBytes = 64
        let long = "question,context\nq,\"" + String(repeating: "word\n", count: 40)
        #expect(failure(long, limits: limits) == .malformedTable(path: "data", line: 2, .unclosedQuote))
        let line = "question,context\nq," + String(repeating: "word ", count: 40)
        #expect(failure(line, limits: limits) == .lineTooLong(path: "data", line: 2, limitBytes: 64))
    }

    @Test(arguments: [
        ("question,context\nq,c\n", "it looks like CSV; ", "read_csv(\"FILE\")"),
        ("question\tcontext\nq\tc\n", "it looks like TSV; ", "sep=\"\\t\""),
        ("question;context\nq;c\n", "it looks like CSV with semicolons; ", "sep=\";\""),
    ])
    func isRefusedWithItsConversionWhereAnswersArePartOfTheWork(text: String, format: String, line: String) {
        do throws(DatasetError) {
            _ = try read(text)
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains(format) && error.description.contains(line), "\(error)")
        }
    }

    @Test func semicolonsAreNamedAlsoWhereTablesAreRead() throws {
        let error = try #require(failure("question;context\nq;c\n"))
        #expect(error.description.contains("CSV with semicolons"))
    }

    @Test func layoutHasTheColumns() throws {
        let bytes = Array("id,question,context\n1,q,c\n".utf8)
        let reader = try DatasetReader(bytes: bytes, name: "data", tables: .read)
        #expect(reader.layout == .table(columns: ["id", "question", "context"]))
        #expect(!reader.hasImpossibleFlags)
    }
}
