import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// Several documents: each says what it says alone, and the best of all are in front.
@Suite struct DocumentSearchTests {
    static let texts = [
        "The mill was built in 1921 by two sisters.", QuestionAnswererTests.context,
        "Nobody knows when the tower was opened; in 1850 it burnt down.", "Only a few words.",
        "The café stood by the river 😀, and the mill stood behind it.",
    ]
    static let questions = Array(QuestionAnswererTests.questions.prefix(3))

    static func settings(answers: Int) -> QuestionAnswerer.Settings {
        var settings = QuestionAnswererTests.settings
        settings.decoding.answerCount = answers
        settings.diagnostics = false
        return settings
    }

    static func search(
        _ answerer: QuestionAnswerer,
        answers: Int,
        keepsTexts: Bool = false
    ) throws -> [DocumentSetReport] {
        var search = DocumentSearch(
            answerer,
            questions: questions,
            settings: settings(answers: answers),
            keepsTexts: keepsTexts
        )
        for (index, text) in texts.enumerated() { try search.add(text, file: "\(index).txt") }
        return try search.finish().map { try $0.get() }
    }

    @Test(arguments: [1, 3, 64]) func everyAnswerIsThatOfItsDocumentAlone(batchSize: Int) throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let single = try QuestionAnswererTests.answerer(checkpoint)
        let together = try Self.search(
            QuestionAnswererTests.answerer(checkpoint, batchSize: batchSize),
            answers: 4
        )
        for (question, report) in zip(Self.questions, together) {
            let alone = try Self.texts.map {
                try single.answer(question: question, context: $0, settings: Self.settings(answers: 4))
            }
            // The best four of all, by their margins over no answer.
            let all = alone.enumerated().flatMap { index, report in
                report.answers.map { DocumentSetReport.Answer(file: "\(index).txt", answer: $0) }
            }
            let best = all.sorted { $0.margin > $1.margin }.prefix(4)
            #expect(report.answers.map(\.file) == best.map(\.file))
            #expect(report.answers.map(\.answer) == best.map(\.answer))
            #expect(Set(report.answers.map(\.file)).count > 1)
            #expect(report.question == question && report.documents == Self.texts.count)
            #expect(report.windows == alone.reduce(0) { $0 + $1.windows })
            #expect(report.reading.windows == report.windows && report.reading.read == report.windows)
            #expect(report.reading.stopped == .all)
            #expect(report.tokens == alone.reduce(0) { $0 + $1.tokens })
            let kept = alone.reduce(0) { $0 + ($1.skim?.keptFraction ?? 1) * Double($1.tokens) }
            #expect(abs((report.skim?.keptFraction ?? 1) - kept / Double(report.tokens)) < 1e-12)
        }
    }

    @Test func excerptsAndTextsBelongToTheAnswers() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        for report in try Self.search(answerer, answers: 5, keepsTexts: true) {
            for answer in report.answers {
                let text = try #require(answer.documentText)
                let index = try #require(Int(answer.file.prefix(1)))
                #expect(text == Self.texts[index])
                let scalars = Array(text.unicodeScalars)
                let excerpt = try #require(answer.excerpt)
                let held = Array(excerpt.text.unicodeScalars)
                #expect(Array(scalars[excerpt.start..<excerpt.start + held.count]) == held)
                #expect(excerpt.reachesEnd == (excerpt.start + held.count == scalars.count))
                let span = answer.answer.start - excerpt.start..<answer.answer.end - excerpt.start
                #expect(Array(held[span]) == Array(answer.answer.text.unicodeScalars))
            }
        }
        #expect(try Self.search(answerer, answers: 5)[0].answers.allSatisfy { $0.documentText == nil })
    }

    /// Documents do not wait for the last one.
    @Test func documentsAreLetGoAsTheyAreAnswered() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        var search = DocumentSearch(answerer, questions: ["when?"], settings: Self.settings(answers: 1))
        let text = String(repeating: "the mill was built in 1921 ", count: 150)
        var waiting = 0
        for index in 0..<9 {
            try search.add(text, file: "\(index)")
            waiting = max(waiting, index + 1 - search.finishedDocuments)
        }
        #expect(waiting < 5, "\(waiting) documents at once")
        #expect(try search.finish()[0].get().documents == 9)
        #expect(search.finishedDocuments == 9)
    }

    @Test func blankDocumentsAndBadQuestionsFailAlone() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming(), batchSize: 4)
        let tooLong = String(repeating: "why ", count: 50)
        var failed: [String] = []
        var search = DocumentSearch(
            answerer,
            questions: ["when?", tooLong],
            settings: Self.settings(answers: 1)
        ) { file, question, _ in failed.append("\(file) \(question)") }
        try search.add(Self.texts[0], file: "a")
        #expect(throws: QuestionAnsweringError.blankContext(scalarCount: 2)) {
            try search.add(" \n", file: "b")
        }
        try search.add(Self.texts[1], file: "c")
        let results = try search.finish()
        #expect(try results[0].get().documents == 2)
        #expect(throws: QuestionAnsweringError.self) { try results[1].get() }
        #expect(failed == ["a 1", "c 1"])
    }

    @Test func withoutDocumentsThereIsNoReport() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        var search = DocumentSearch(answerer, questions: ["when?"])
        #expect(try search.finish().isEmpty)
    }

    /// The documents do not say only when none of them does.
    @Test func noAnswerIsThatOfTheDocumentThatComesClosest() throws {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        func report(threshold: Float) throws -> DocumentSetReport {
            var settings = Self.settings(answers: 1)
            settings.decoding.noAnswer = .above(threshold: threshold)
            var search = DocumentSearch(answerer, questions: ["when?"], settings: settings)
            for (index, text) in Self.texts.enumerated() { try search.add(text, file: "\(index)") }
            return try search.finish()[0].get()
        }
        let margins = try Self.texts.map { text in
            var settings = Self.settings(answers: 1)
            settings.decoding.noAnswer = .above(threshold: 0)
            let alone = try answerer.answer(question: "when?", context: text, settings: settings)
            return try #require(alone.noAnswer?.margin)
        }
        let least = try #require(margins.min())
        let some = try report(threshold: least)
        #expect(some.noAnswer?.margin == least && some.noAnswer?.chosen == false && some.answers.count == 1)
        let none = try report(threshold: least.nextDown)
        #expect(none.noAnswer?.chosen == true && none.answers.isEmpty)
    }

    @Test func questionsAboutOneDocumentComeInOrder() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let single = try QuestionAnswererTests.answerer(checkpoint)
        let answerer = try QuestionAnswererTests.answerer(checkpoint, batchSize: 4)
        let document = try answerer.document(String(repeating: QuestionAnswererTests.context, count: 12))
        let questions = (0..<5).map { "when was part \($0) opened?" } + [" "]
        let settings = Self.settings(answers: 2)
        var handled: [Int] = []
        try answerer.answer(questions, document: document, settings: settings) { index, result in
            handled.append(index)
            guard index < 5 else {
                #expect(throws: QuestionAnsweringError.emptyQuestion) { try result.get() }
                return
            }
            let alone = try single.answer(question: questions[index], document: document, settings: settings)
            #expect(try QuestionAnswererTests.untimed(result.get()) == QuestionAnswererTests.untimed(alone))
        }
        #expect(handled == Array(0..<6))
        let requests = questions.map { QuestionAnswerer.Request(question: $0, document: document) }
        #expect(answerer.groups(of: requests).count > 1)
        #expect(answerer.groups(of: requests).flatMap { Array($0) } == Array(0..<6))
    }
}

extension DocumentSetReport.Answer {
    fileprivate var margin: Float { answer.margin }
}
