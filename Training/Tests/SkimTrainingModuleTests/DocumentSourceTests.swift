import DatasetModule
import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// What documents are made of: whole articles, files without articles, unanswerable questions, bad input.
@Suite struct DocumentSourceTests {
    // MARK: Whole articles

    @Test func wholeArticlesAreTheirParagraphsInOrder() throws {
        let files = try DocumentFiles(["data.json": DocumentFiles.articles(3)])
        var settings = files.settings()
        settings.wholeArticles = true
        let (passages, table, _) = try files.documents(settings)
        let source = try DatasetReader(path: settings.files[0]).readAll().passages
        #expect(passages.map(\.title) == ["a0", "a1", "a2"])
        #expect(passages.map(\.examples.count) == [12, 12, 12])
        for (number, passage) in passages.enumerated() {
            let paragraphs = source[number * 6..<number * 6 + 6].map(\.context)
            #expect(passage.context == paragraphs.joined(separator: "\n\n"))
        }
        #expect(table.documents == 3 && table.questions == 36)
        #expect(table.passages == 18 && table.refused == nil)
        settings.questions = 5
        #expect(try files.documents(settings).table.questions == 5)
    }

    /// An independent program makes the same.
    @Test(.enabled(if: SharedDirectory.path("tools/article_documents.py") != nil, "needs shared data"))
    func wholeArticlesEqualThoseOfAnotherProgram() throws {
        let program = try #require(SharedDirectory.path("tools/article_documents.py"))
        let data = try #require(SharedDirectory.path("data/squad/dev-a.json"))
        let directory = try ScratchDirectory()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", program, data, directory.file("theirs.json"), "--questions", "0"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        var settings = DocumentMaking.Settings()
        settings.files = [data]
        settings.output = directory.file("ours.json")
        settings.wholeArticles = true
        #expect(try DocumentMaking(settings).run()?.questions == 5086)
        let ours = try DatasetReader(path: settings.output).readAll().passages
        let theirs = try DatasetReader(path: directory.file("theirs.json")).readAll().passages
        #expect(ours.count == 24 && ours.map(\.title) == theirs.map(\.title))
        for (our, their) in zip(ours, theirs) {
            // They end in a blank line.
            #expect(our.context + "\n\n" == their.context)
            let places = { (passage: Passage) in
                Dictionary(uniqueKeysWithValues: passage.examples.map { ($0.id, $0.answers) })
            }
            #expect(places(our) == places(their))
        }
    }

    @Test func paragraphsWithoutQuestionsArePartOfTheArticle() throws {
        let files = try DocumentFiles([
            "data.json": """
            {"data": [{"title": "t", "paragraphs": [
              {"context": "Nothing is asked of this.", "qas": []},
              {"context": "Here is ash.", "qas": [{"id": "1", "question": "What is here?", "answers":
                [{"text": "ash", "answer_start": 8}]}]}]}]}
            """
        ])
        var settings = files.settings()
        settings.wholeArticles = true
        let whole = try files.documents(settings).passages.map(\.context)
        #expect(whole == ["Nothing is asked of this.\n\nHere is ash."])
        settings.wholeArticles = false
        #expect(try files.documents(settings).passages[0].context.contains("Nothing is asked of this."))
    }

    // MARK: Files without articles

    /// Lines of MRQA, each about another number.
    private func mrqa(_ count: Int) -> String {
        (0..<count).map { number in
            let context = "Number \(number) is n\(number)n and its colour c\(number % 4)."
            let end = context.unicodeScalars.count
            let start = end - "n\(number)n and its colour c\(number % 4).".count
            return #"{"context": "\#(context)", "qas": [{"qid": "q\#(number)", "#
                + #""question": "Which number is number \#(number) with colour c\#(number % 4)?", "#
                + #""answers": ["n\#(number)n"], "detected_answers": [{"text": "n\#(number)n", "#
                + #""char_spans": [[\#(start), \#(start + "n\(number)n".count - 1)]]}]}]}"#
        }.joined(separator: "\n")
    }

    @Test func passagesOfAFileWithoutArticlesAreRelated() throws {
        let files = try DocumentFiles(["data.jsonl": mrqa(30)])
        let (passages, table, said) = try files.documents(files.settings(["data.jsonl"]))
        #expect(said.isEmpty && table.documents == 36 && table.unanswerable == 6)
        for passage in passages {
            let example = passage.examples[0]
            let colour = try #require(example.question.split(separator: " ").last).dropLast()
            // Of each colour there are seven or more, and they fit best.
            let isRelated = passage.context.paragraphs.allSatisfy { $0.contains("colour \(colour).") }
            #expect(isRelated, "\(passage.context)")
        }
        var settings = files.settings(["data.jsonl"])
        settings.wholeArticles = true
        #expect(try files.documents(settings).table.documents == 30)
    }

    @Test func rowsOfOneContextAreOneParagraph() throws {
        let rows = (0..<3).flatMap { paragraph in
            (0..<2).map { number in
                #"{"id": "\#(paragraph)-\#(number)", "title": "T", "context": "It is w\#(paragraph)w.", "#
                    + #""question": "What is it?", "answers": {"text": ["w\#(paragraph)w"], "answer_start": [6]}}"#
            }
        }
        let files = try DocumentFiles(["data.jsonl": rows.joined(separator: "\n")])
        var settings = files.settings(["data.jsonl"])
        settings.wholeArticles = true
        let paragraphs = try files.documents(settings).passages.map(\.context.paragraphs)
        // Lines have no titles for the reader, rows of a document have.
        #expect(paragraphs == [["It is w0w."], ["It is w1w."], ["It is w2w."]])
        let array = files.directory.file("array.json")
        try "[\(rows.joined(separator: ","))]".write(toFile: array, atomically: true, encoding: .utf8)
        settings.files = [array]
        let joined = try files.documents(settings).passages.map(\.context.paragraphs)
        #expect(joined == [["It is w0w.", "It is w1w.", "It is w2w."]])
    }

    @Test func severalFilesAreSampledTogetherAndSearchedApart() throws {
        let files = try DocumentFiles(["data.json": DocumentFiles.articles(2), "lines.jsonl": mrqa(20)])
        var settings = files.settings(["data.json", "lines.jsonl"])
        settings.questions = 20
        settings.passages = 2
        let (passages, table, _) = try files.documents(settings)
        #expect(table.questions - table.unanswerable == 20)
        let lines = passages.filter { $0.examples[0].id.hasPrefix("q") }
        #expect(!lines.isEmpty && lines.count < passages.count)
        let areApart = lines.flatMap(\.context.paragraphs).allSatisfy { $0.hasPrefix("Number") }
        #expect(areApart)
        // A question that is in both counts once.
        settings = files.settings(["data.json", "data.json"])
        let twice = try files.documents(settings)
        #expect(twice.table.questions - twice.table.unanswerable == 24)
        #expect(twice.said.count == 11 && twice.said[0].contains("another file has a question of this id"))
    }

    @Test func documentIsShortWhereTheFileIs() throws {
        let files = try DocumentFiles(["data.jsonl": mrqa(1)])
        var settings = files.settings(["data.jsonl"])
        settings.unanswerable = 1
        let (passages, table, said) = try files.documents(settings)
        #expect(passages.map(\.context.paragraphs.count) == [1] && table.unanswerable == 0)
        #expect(said == ["1 question has no unanswerable document: no passage is left for it"])
    }

    // MARK: Unanswerable questions of the data

    @Test func unanswerableQuestionsGetPassagesOfOtherArticles() throws {
        let text = DocumentFiles.articles(3).replacingOccurrences(
            of: #"{"id": "0-0-0", "question""#,
            with:
                #"{"id": "none", "is_impossible": true, "answers": [], "question": "Which lamp is 0 of 0?"}, {"id": "0-0-0", "question""#
        )
        let files = try DocumentFiles(["data.json": text])
        var settings = files.settings()
        settings.unanswerable = 1
        let (passages, table, _) = try files.documents(settings)
        #expect(table.documents == 73 && table.unanswerable == 37)
        let document = try #require(passages.first { $0.examples[0].id == "none" })
        #expect(document.examples[0].isImpossible)
        let ofArticle = document.context.paragraphs.filter { $0.contains(" of 0 is ") }
        #expect(ofArticle.count == 1 && ofArticle[0].contains("The lamp of 0"))
        settings.wholeArticles = true
        let whole = try files.documents(settings)
        #expect(whole.table.questions == 37 && whole.table.unanswerable == 1)
    }

    // MARK: Bad input

    @Test func badSettingsAreExplained() throws {
        let files = try DocumentFiles(["data.json": DocumentFiles.articles(1)])
        let cases: [(String, (inout DocumentMaking.Settings) -> Void)] = [
            ("--questions is 0; it must be 1 or more", { $0.questions = 0 }),
            ("--passages is 0; it must be 1 or more", { $0.passages = 0 }),
            ("--unanswerable is 1.5; it must be from 0 to 1", { $0.unanswerable = 1.5 }),
            ("--unanswerable is nan; it must be from 0 to 1", { $0.unanswerable = .nan }),
            ("it must be another file than the data", { $0.output = $0.files[0] }),
            ("cannot open /nowhere", { $0.files = ["/nowhere"] }),
            ("cannot write /nowhere/x", { $0.output = "/nowhere/x" }),
        ]
        for (text, change) in cases {
            var settings = files.settings()
            change(&settings)
            let error = try #require(throws: TrainingError.self) { try DocumentMaking(settings).run() }
            #expect("\(error)".contains(text), "\(error)")
        }
        #expect(try files.directory.contents() == ["data.json"])
    }

    @Test func dataWithoutAnswersAreRefused() throws {
        let files = try DocumentFiles([
            "data.json":
                #"{"data": [{"paragraphs": [{"context": "C", "qas": [{"id": "1", "question": "Q"}]}]}]}"#
        ])
        let error = try #require(throws: TrainingError.self) { try files.documents(files.settings()) }
        #expect("\(error)".contains("Check that they are no test files"))
    }

    @Test func interruptionLeavesNothingBehind() throws {
        let files = try DocumentFiles(["data.json": DocumentFiles.articles(1)])
        var asked = 0
        let table = try DocumentMaking(
            files.settings(),
            isInterrupted: {
                asked += 1
                return asked > 5
            }
        ).run()
        #expect(table == nil && asked == 6)
        #expect(try files.directory.contents() == ["data.json"])
    }
}
