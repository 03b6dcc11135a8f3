import BlockSkimModule
import Foundation
import TestSupport
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

/// Reading a document of several windows best-first, on a tiny checkpoint with formula weights.
@Suite("Best-first reading")
struct BestFirstReadingTests {
    private static let context = QuestionAnswererTests.context + " " + QuestionAnswererTests.context
    private static let questions = QuestionAnswererTests.questions

    /// Reads, of several windows, at most three, in rounds of two, and skims.
    private static let reading = BestFirstReading(
        windowLength: 48,
        overlap: 8,
        windowsPerRound: 2,
        maximumWindows: 3,
        policy: SkimPolicy(layers: [1, 2], threshold: 0.5)
    )

    private static func settings(_ reading: Reading, budget: Duration? = nil) -> QuestionAnswerer.Settings {
        QuestionAnswerer.Settings(
            windows: WindowSettings(maximumLength: 48, advance: .overlap(8)),
            reading: reading,
            budget: budget,
            diagnostics: true
        )
    }

    private func report(
        _ reading: BestFirstReading,
        question: String = Self.questions[0],
        budget: Duration? = nil
    ) throws -> AnswerReport {
        let answerer = try QuestionAnswererTests.answerer(FormulaCheckpoint.skimming())
        let settings = Self.settings(.bestFirst(reading), budget: budget)
        return QuestionAnswererTests.untimed(
            try answerer.answer(question: question, context: Self.context, settings: settings)
        )
    }

    @Test("stops at the limit of windows and says so")
    func stopsAtTheLimit() throws {
        let report = try report(Self.reading)
        #expect(report.reading.order == .bestFirst)
        #expect(report.reading.read == 3)
        #expect(report.reading.windows > 3)
        #expect(report.reading.stopped == .limit)
        #expect(report.diagnostics?.windows.count == 3)
        let unread = try #require(report.skim).blocks.filter { $0.read == false }
        #expect(unread.count == report.reading.windows - 3)
        #expect(unread.allSatisfy { $0.relevance == nil && !$0.kept })
        #expect(unread.allSatisfy { $0.start < $0.end })
    }

    @Test("a limit beyond the document reads all of it and gives what reading all gives")
    func readsAllLikeAll() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        var reading = Self.reading
        reading.maximumWindows = 100
        reading.promiseWeight = 0
        reading.policy = nil
        for question in Self.questions {
            var expected = try answerer.answer(
                question: question,
                context: Self.context,
                settings: {
                    var settings = Self.settings(.all)
                    settings.skimming = .dense
                    return settings
                }()
            )
            let found = try answerer.answer(
                question: question,
                context: Self.context,
                settings: Self.settings(.bestFirst(reading))
            )
            #expect(found.reading.stopped == .all)
            expected.reading.order = .bestFirst
            #expect(QuestionAnswererTests.untimed(found) == QuestionAnswererTests.untimed(expected))
        }
    }

    @Test(
        "text that lies in two windows of a round goes on in both: a threshold that drops nothing changes nothing"
    )
    func overlappingWindows() throws {
        var reading = Self.reading
        reading.overlap = 20
        reading.windowsPerRound = 3
        for question in Self.questions {
            reading.policy = nil
            let dense = try report(reading, question: question)
            reading.policy = SkimPolicy(layers: [1, 2], threshold: 1)
            let skimming = try report(reading, question: question)
            #expect(skimming.skim?.blocks.filter { $0.read != false }.allSatisfy(\.kept) == true)
            #expect(skimming.answers == dense.answers)
        }
    }

    @Test(
        "a question answered together with others gets the bits that it gets alone",
        arguments: [1, 2, 5, 64]
    )
    func batchGivesTheAnswersOfSingleCalls(batchSize: Int) throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let single = try QuestionAnswererTests.answerer(checkpoint)
        let batching = try QuestionAnswererTests.answerer(checkpoint, batchSize: batchSize)
        let settings = Self.settings(.bestFirst(Self.reading))
        let documents = [
            try batching.document(Self.context), try batching.document("Only a few words."),
            try batching.document(String(Self.context.reversed())),
        ]
        let asked = Self.questions.flatMap { question in documents.map { (question, $0) } }
        let together = try batching.answer(asked, settings: settings)
        for ((question, document), result) in zip(asked, together) {
            let alone = try single.answer(question: question, document: document, settings: settings)
            #expect(try QuestionAnswererTests.untimed(result.get()) == QuestionAnswererTests.untimed(alone))
        }
    }

    @Test("a document of one window is read as always")
    func oneWindow() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let found = try answerer.answer(
            question: "what?",
            context: "Only a few words.",
            settings: Self.settings(.bestFirst(Self.reading))
        )
        let expected = try answerer.answer(
            question: "what?",
            context: "Only a few words.",
            settings: Self.settings(.all)
        )
        #expect(QuestionAnswererTests.untimed(found) == QuestionAnswererTests.untimed(expected))
        #expect(found.reading.order == .text)
    }

    @Test("without a word in common windows are read in the order of the text")
    func noSharedWord() throws {
        var reading = Self.reading
        reading.windowsPerRound = 1
        reading.maximumWindows = 2
        let report = try report(reading, question: "zzz")
        let read = try #require(report.skim).blocks.filter { $0.read != false }
        #expect(Set(read.map(\.window)) == [0, 1])
    }

    @Test("a budget of nothing reads one round and says so")
    func budgetOfNothing() throws {
        var reading = Self.reading
        reading.maximumWindows = 100
        let report = try report(reading, budget: .zero)
        #expect(report.reading.read == 2)
        #expect(report.reading.stopped == .budget)
        #expect(report.answers.count == 1)
    }

    @Test("stops when the best span is ahead of what the next window promises")
    func stopsWhenConfident() throws {
        var reading = Self.reading
        reading.maximumWindows = 100
        reading.stopMargin = -1000
        #expect(try report(reading).reading.stopped == .confident)
        #expect(try report(reading).reading.read == 2)
        reading.stopMargin = 1000
        #expect(try report(reading).reading.stopped == .all)
    }

    @Test("a window's promise counts for its spans")
    func promiseCounts() throws {
        var reading = Self.reading
        reading.maximumWindows = 100
        reading.windowsPerRound = 1
        reading.promiseWeight = 1000
        let report = try report(reading)
        let checkpoint = try FormulaCheckpoint.skimming()
        let tokenizer = try Tokenizer(directory: checkpoint.path)
        let document = try ContextDocument(Self.context, tokenize: tokenizer.tokenize)
        let question = try Question(Self.questions[0], tokenize: tokenizer.tokenize)
        // Far more than any logit: the answer is in the window that was read first.
        let windows = try ContextWindows(
            question: question,
            document: document,
            settings: Self.settings(.all).windows,
            layout: .bertUncased
        )
        let promises = document.index.scores(
            of: question.tokenIDs,
            in: windows.indices.map(windows.contextTokens),
            pairWeight: BestFirstReading.pairWeight
        )
        let best = try #require(promises.indices.max { promises[$0] < promises[$1] })
        #expect(report.answers.first?.window == best)
    }

    private func tokenizer() throws -> Tokenizer {
        try Tokenizer(directory: FormulaCheckpoint.skimming().path)
    }

    @Test("skim layers that the model lacks are an error, not a trap", arguments: [4, 0, 99])
    func unknownSkimLayer(layer: Int) throws {
        var reading = Self.reading
        reading.policy = SkimPolicy(layers: [layer], threshold: 0.5)
        #expect(throws: QuestionAnsweringError.self) { try report(reading) }
        reading.policy = SkimPolicy(layers: [1], threshold: 1.5)
        #expect(throws: QuestionAnsweringError.self) { try report(reading) }
    }

    @Test("settings in blockskim.json are read, and what cannot be is refused by name")
    func file() throws {
        let reading = BestFirstReading(
            windowLength: 192,
            overlap: 32,
            windowsPerRound: 3,
            maximumWindows: 5,
            promiseWeight: 0.25,
            stopMargin: 4,
            policy: SkimPolicy(
                thresholds: [2: 0.5, 3: 0.75],
                minimumKeptBlocks: 0,
                secondLookScore: 1.5
            )
        )
        let data = try JSONEncoder().encode(reading)
        #expect(try JSONDecoder().decode(BestFirstReading.self, from: data) == reading)

        let checkpoint = try FormulaCheckpoint.skimming()
        let path = checkpoint.path + "/blockskim.json"
        let file = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        )
        func load(_ change: [String: Any]) throws -> BestFirstReading? {
            var documents = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            documents.merge(change) { $1 }
            let whole = file.merging(["documents": documents]) { $1 }
            try JSONSerialization.data(withJSONObject: whole).write(to: URL(filePath: path))
            return try QuestionAnswererTests.answerer(checkpoint).model.documents
        }
        #expect(try load([:]) == reading)
        for (name, value) in [
            ("windows_per_round", 0), ("maximum_windows", 0), ("window_length", 3), ("overlap", -1),
        ] {
            #expect(
                throws: QuestionAnsweringError.blockSkim(
                    .invalidSetting(
                        source: path,
                        name: name,
                        value: "\(value)",
                        allowed:
                            "\(["windows_per_round": 1, "maximum_windows": 1, "window_length": 8, "overlap": 0][name] ?? 0) or more"
                    )
                )
            ) { try load([name: value]) }
        }
        #expect(throws: QuestionAnsweringError.self) { try load(["skip_threshold": [0.5]]) }
        #expect(throws: QuestionAnsweringError.self) { try load(["maximum_windows": "five"]) }
    }
}
