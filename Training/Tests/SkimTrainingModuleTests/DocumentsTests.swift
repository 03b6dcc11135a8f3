import DatasetModule
import EvaluationModule
import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// Documents of a question's own paragraph and related ones.
@Suite struct DocumentsTests {
    private let files: DocumentFiles

    init() throws { files = try DocumentFiles(["data.json": DocumentFiles.articles(5)]) }

    @Test func answersStandWhereTheyShould() throws {
        var settings = files.settings()
        settings.unanswerable = 0
        let (passages, table, said) = try files.documents(settings)
        let asked = try files.examples("data.json")
        // The reader says so of any answer that does not stand in its context, and keeps it without its place.
        #expect(said.isEmpty && passages.count == 60 && table.questions == 60 && table.unanswerable == 0)
        var places: Set<Int> = []
        for passage in passages {
            let example = try #require(passage.examples.first)
            let source = try #require(asked[example.id])
            let paragraphs = passage.context.paragraphs
            #expect(passage.examples.count == 1 && paragraphs.count == 4 && Set(paragraphs).count == 4)
            #expect(example.question == source.question && example.answers.count == 1)
            let scalars = Array(passage.context.unicodeScalars)
            let range = try #require(example.answerRanges.first)
            let text = String(String.UnicodeScalarView(scalars[range]))
            #expect(text.unicodeScalars.elementsEqual(source.answers[0].text.unicodeScalars))
            // It is the answer of the question's own paragraph.
            let place = try #require(paragraphs.firstIndex(of: source.context))
            let before = paragraphs[..<place].reduce(0) { $0 + $1.unicodeScalars.count + 2 }
            #expect(range.lowerBound == before + source.answerRanges[0].lowerBound)
            places.insert(place)
        }
        #expect(places == [0, 1, 2, 3])
    }

    @Test func passagesBesideTheAnswerDoNotHoldIt() throws {
        for passages in [2, 4, 9] {
            var settings = files.settings()
            settings.passages = passages
            settings.unanswerable = 0.5
            let asked = try files.examples("data.json")
            let made = try files.documents(settings)
            for passage in made.passages {
                let example = try #require(passage.examples.first)
                let id = example.id.replacingOccurrences(of: "-unanswerable", with: "")
                let source = try #require(asked[id])
                let answer = NormalizedAnswer(source.answers[0].text).text
                for text in passage.context.paragraphs where text != source.context {
                    #expect(!NormalizedAnswer(text).text.contains(answer), "\(example.id): \(text)")
                }
            }
            // Four of six paragraphs are mentioned by another one.
            if passages == 9 { #expect(made.table.refused == 60 * 2 / 3) }
        }
    }

    @Test func answersAreFoundWhateverTheirCaseAndPunctuation() {
        func holds(_ answer: String, _ text: String) -> Bool {
            let example = Example(
                id: "1",
                question: "q",
                context: "c",
                answers: [Answer(text: answer, start: nil)]
            )
            return AnswerSearch.holds(AnswerSearch.Texts(example), text: text)
        }
        #expect(holds("the U.S. Army", "Then US army\nwent") && holds("1995", "from 1994-1995."))
        #expect(holds("art", "a party") && !holds("arts", "a party") && !holds("new york", "york new"))
        // Nothing is left of these when normalised.
        #expect(holds("A", "vitamin a") && holds("%", "5 % of it") && !holds("%", "5 of it"))
    }

    @Test func unanswerableDocumentsLackOnlyTheParagraphThatAnswers() throws {
        for order in DocumentMaking.Order.allCases {
            var settings = files.settings()
            settings.unanswerable = 0.25
            settings.order = order
            let (passages, table, _) = try files.documents(settings)
            let reader = try DatasetReader(path: settings.output)
            #expect(reader.hasImpossibleFlags && reader.layout == .squad(version: "v2.0"))
            #expect(table.unanswerable == 15 && table.documents == 75 && table.questions == 75)
            let asked = try files.examples("data.json")
            var documents: [String: Passage] = [:]
            for passage in passages { documents[passage.examples[0].id] = passage }
            #expect(documents.count == 75)
            var unanswerable = 0
            for (id, passage) in documents where id.hasSuffix("-unanswerable") {
                unanswerable += 1
                let example = passage.examples[0]
                #expect(example.isImpossible && example.answers.isEmpty)
                let source = try #require(asked[String(id.dropLast("-unanswerable".count))])
                let twin = try #require(documents[source.id])
                #expect(!twin.examples[0].isImpossible && example.question == source.question)
                let (paragraphs, twins) = (passage.context.paragraphs, twin.context.paragraphs)
                let missing = Set(twins).subtracting(paragraphs)
                #expect(missing == Set([source.context]))
                #expect(paragraphs.count == 4)
                // Elsewhere all stand as they did.
                let differing = zip(paragraphs, twins).count(where: { $0 != $1 })
                if order == .shuffled { #expect(differing == 1) }
            }
            #expect(unanswerable == 15)
        }
    }

    @Test func changedQuestionsAreAskedOfTheSameDocument() throws {
        // Of every second question a word has an opposite; of the others nothing can be changed.
        let text = DocumentFiles.articles(5).replacingOccurrences(of: "is the 0 of", with: "is the first of")
        let files = try DocumentFiles(["data.json": text])
        var settings = files.settings()
        settings.unanswerable = 0
        settings.changed = 1
        let (passages, table, said) = try files.documents(settings)
        var documents: [String: Passage] = [:]
        for passage in passages { documents[passage.examples[0].id] = passage }
        let changed = documents.filter { $0.key.hasSuffix("-changed") }
        #expect(changed.count == 30 && table.unanswerable == 30 && table.documents == 90)
        #expect(said == ["30 questions have no changed form: nothing in them can be changed"])
        for (id, passage) in changed {
            let example = passage.examples[0]
            #expect(example.isImpossible && example.answers.isEmpty)
            let twin = try #require(documents[String(id.dropLast("-changed".count))])
            #expect(passage.context == twin.context && twin.examples[0].question.contains("the first of"))
            #expect(example.question.contains("the last of"))
        }
    }

    @Test func orderOfTheTextIsKept() throws {
        var settings = files.settings()
        settings.order = .text
        settings.passages = 3
        settings.unanswerable = 1
        let all = try DatasetReader(path: files.directory.file("data.json")).readAll().passages.map(\.context)
        for passage in try files.documents(settings).passages {
            let places = passage.context.paragraphs.compactMap(all.firstIndex)
            #expect(places.count == 3 && places == places.sorted())
        }
    }

    @Test func bestPassagesAreOfTheSameArticleWhileThereAreAny() throws {
        var settings = files.settings()
        settings.unanswerable = 0
        for (passages, outside) in [(3, 0), (9, 3)] {
            settings.passages = passages
            let asked = try files.examples("data.json")
            for passage in try files.documents(settings).passages {
                let example = passage.examples[0]
                let own = try #require(asked[example.id])
                let article = own.id.prefix(1)
                let strange = passage.context.paragraphs.filter { !$0.contains(" of \(article) is ") }
                // A paragraph of the article that mentions the answer is replaced by another from outside.
                let isMentioned = ["0", "1", "3", "4"].contains(own.id.split(separator: "-")[1])
                let expected = passages == 9 && isMentioned ? outside + 1 : outside
                #expect(strange.count == expected, "\(example.id)")
            }
        }
    }

    @Test func sameSeedMakesTheSameFile() throws {
        var settings = files.settings()
        settings.questions = 23
        let first = try files.documents(settings)
        settings.output = files.directory.file("again.json")
        let second = try files.documents(settings)
        #expect(first.table == second.table && first.table.documents == 28)
        #expect(try files.bytes(files.settings()) == files.bytes(settings))
        settings.seed = 43
        let other = try files.documents(settings).passages
        let ids = { (passages: [Passage]) in Set(passages.flatMap(\.examples).map(\.id)) }
        let isSame = ids(other) == ids(first.passages)
        #expect(other.count == 28 && !isSame)
    }

    @Test func programSaysWhatItMade() throws {
        let output = files.directory.file("out.json")
        let made = try TinyRun.runProgram(
            ["documents", files.directory.file("data.json"), "--questions", "10", "--output", output]
        )
        #expect(made.status == 0)
        let values = made.said.split(separator: "\n").map { row in
            row.split(separator: " ").last.map(String.init)
        }
        #expect(Array(values.prefix(4)) == ["12", "2", "12", "4.0"], "\(made.said)")
        #expect(values.count == 6)
        #expect(try files.directory.contents() == ["data.json", "out.json"])
    }
}
