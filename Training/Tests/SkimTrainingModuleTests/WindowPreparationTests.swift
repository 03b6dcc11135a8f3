import Foundation
import QuestionAnsweringModule
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// What questions, files and options become windows, labels and lines for the user.
@Suite(.serialized)
struct WindowPreparationTests {
    /// Words of one token each.
    private static let words = "abcdefghij".map { "\($0)" }
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    /// A question on a context of so many words; the answer is some of them.
    private struct Question {
        var words: Int
        var answers: [Range<Int>] = []
        /// What stands in the file besides; such as a flag.
        var extra = ""

        func json(_ id: String) -> String {
            let context = (0..<words).map { WindowPreparationTests.words[$0 % 10] }
            let answers = answers.map { range in
                let start = context[..<range.lowerBound].reduce(0) { $0 + $1.count + 1 }
                return #"{"text": "\#(context[range].joined(separator: " "))", "answer_start": \#(start)}"#
            }
            return """
                {"context": "\(context.joined(separator: " "))", "qas": [{"id": "\(id)", "question": "where?",
                "answers": [\(answers.joined(separator: ","))]\(extra)}]}
                """
        }
    }

    /// Writes a data set.
    private func file(_ name: String, _ questions: [Question]) throws -> String {
        let paragraphs = questions.enumerated().map { $1.json("\(name)\($0)") }.joined(separator: ",")
        let path = run.path + "/\(name).json"
        try #"{"version": "1.1", "data": [{"title": "t", "paragraphs": [\#(paragraphs)]}]}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func prepare(
        _ files: [String],
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> (windows: PreparedWindows, lines: [String]) {
        var configuration = run.configuration
        configuration.train = files
        change(&configuration)
        var lines: [String] = []
        let model = try SkimmingModel(configuration)
        let windows = try WindowPreparation(
            configuration: configuration,
            encoder: model.encoder.configuration,
            report: { lines.append($0) }
        ).windows(cache: run.path + "/cache", keeping: true)
        return (windows, lines)
    }

    private func labels(_ windows: PreparedWindows) -> [LabelledWindow] {
        (0..<windows.count).map { windows[$0] }
    }

    // MARK: Labels

    /// A block with answer tokens is relevant, whether or not the window holds the whole answer.
    ///
    /// Eq. 4.
    @Test func windowsThatCutTheirAnswerHaveRelevantBlocksAndNoSpan() throws {
        // Windows of 20 tokens: 11 of the context, of which 4 are shared. The answer has 14.
        let path = try file("long", [Question(words: 40, answers: [12..<26])])
        let (windows, _) = try prepare([path]) { $0.maximumLength = 20 }
        let found = labels(windows)
        #expect(found.count > 3 && found.allSatisfy { $0.answer == nil })
        for labelled in found {
            let context = labelled.window.contextTokens
            let part = context.clamped(to: 12..<26)
            #expect(labelled.cutsAnswer == !part.isEmpty)
            let positions = part.map { $0 - context.lowerBound + labelled.window.prefixLength }
            #expect(labelled.answerTokens.flatMap(Array.init) == positions)
        }
        #expect(found.contains(where: \.cutsAnswer) && found.contains { !$0.cutsAnswer })
        let row = windows.table.files[0]
        #expect(
            row.cutAnswers == 1 && row.cutWindows == found.count(where: \.cutsAnswer)
                && row.answeredWindows == 0
        )
        #expect("\(windows.table)".contains("1 answers are whole in no window"))
        // What is kept is what was made.
        #expect(try prepare([path]) { $0.maximumLength = 20 }.windows == windows)
    }

    @Test func windowsThatCutTheirAnswerTakeNoPartInTheLossOfSpans() throws {
        let golden = try TrainingGolden()
        let entry = try #require(golden.cases["full"])
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        let model = try SkimmingModel(TrainingGolden.configuration(entry, model: checkpoint.path))
        let whole = golden.window(0)
        let prefix = whole.window.prefixLength
        let cut = LabelledWindow(window: whole.window, answer: nil, answerTokens: [prefix...prefix + 1])
        let loss = JointLoss(model.configuration)
        func parts(_ windows: [LabelledWindow]) throws -> (span: Float, blocks: Float, relevant: Int) {
            let batch = try WindowBatch(
                windows,
                encoder: model.encoder.configuration,
                geometry: model.geometry,
                on: .cpu
            )
            let denominators = loss.denominators(
                windows: windows.count,
                spanWindows: windows.count { !$0.cutsAnswer },
                blocksWithAnswer: 1,
                blocksWithout: 1
            )
            let found = try loss(model(batch, training: false), batch, denominators, on: .cpu)
            return (
                try found.questionAnswering.item(), try #require(found.blocks[1]).item(),
                batch.blocks.count(where: \.holdsAnswer)
            )
        }
        let (alone, both, none) = (try parts([whole]), try parts([whole, cut]), try parts([cut]))
        #expect(abs(both.span - alone.span) < 1e-5 * alone.span)
        #expect(none.span == 0 && none.relevant == 1 && none.blocks > 0)
    }

    @Test func theFirstAnswerCountsOrAllOfThem() throws {
        let path = try file("many", [Question(words: 12, answers: [2..<3, 9..<11])])
        let first = labels(try prepare([path]).windows)[0]
        let all = labels(try prepare([path]) { $0.allSpans = true }.windows)[0]
        let prefix = first.window.prefixLength
        #expect(first.answerTokens == [prefix + 2...prefix + 2])
        #expect(all.answerTokens == [prefix + 2...prefix + 2, prefix + 9...prefix + 10])
        #expect(all.answer == first.answer)
        // A window that holds another mention is not one without an answer.
        let far = try file("far", [Question(words: 40, answers: [2..<3, 30..<31])])
        #expect(try prepare([far]) { $0.maximumLength = 20 }.windows.answeredCount == 1)
        let both = try prepare([far]) {
            $0.maximumLength = 20
            $0.allSpans = true
        }
        #expect(both.windows.answeredCount > 1)
    }

    // MARK: Questions

    @Test func onlyFlaggedQuestionsAreLearntAsUnanswerable() throws {
        let path = try file(
            "mixed",
            [
                Question(words: 5, answers: [1..<2], extra: #", "is_impossible": false"#),
                Question(words: 5, extra: #", "is_impossible": true"#),
                Question(words: 5, extra: #", "is_impossible": false"#), Question(words: 5),
            ]
        )
        let (windows, lines) = try prepare([path])
        let row = windows.table.files[0]
        #expect(windows.count == 2 && row.questions == 2 && row.unanswerableQuestions == 1)
        #expect(row.leftOut == [QuestionUse.Reason.noReference.rawValue: 2])
        #expect(lines.count { $0.contains("no reference answer") } == 2)
        #expect("\(windows.table)".contains("left out: 2 without a reference answer"))
    }

    @Test func aFileWithoutReferenceAnswersIsRefused() throws {
        let path = try file("test", [Question(words: 5), Question(words: 6)])
        let error = #expect(throws: TrainingError.self) { try prepare([run.data, path]) }
        let text = "\(String(describing: error))"
        #expect(text.contains("none of the 2 questions") && text.contains("test.json"))
        // Flagged ones are no mistake.
        let flagged = try file("flagged", [Question(words: 5, extra: #", "is_impossible": true"#)])
        #expect(try prepare([flagged]).windows.count == 1)
    }

    // MARK: Choice

    @Test func capsTakeARandomSampleOfTheSeed() throws {
        let path = try file("many", (0..<30).map { Question(words: 3 + $0, answers: [1..<2]) })
        func lengths(_ seed: UInt64) throws -> [Int] {
            let windows = try prepare([path]) {
                $0.caps = [8]
                $0.seed = seed
            }.windows
            #expect(windows.table.files[0].questions == 8 && windows.table.files[0].usableQuestions == 30)
            return windows.lengths
        }
        let all = try prepare([path]).windows.lengths
        let some = try lengths(1)
        #expect(some.count == 8 && some != Array(all.prefix(8)) && some == some.sorted())
        #expect(try lengths(1) == some)
        #expect(try lengths(2) != some)
    }

    /// Questions of different lengths tell which were taken.
    @Test func skippedQuestionsAreThoseThatTheCapTakes() throws {
        let path = try file("many", (0..<30).map { Question(words: 3 + $0, answers: [1..<2]) })
        func lengths(_ change: (inout TrainingConfiguration) -> Void) throws -> [Int] {
            try prepare([path], change).windows.lengths
        }
        let all = try lengths { _ in }
        let first = try lengths { $0.caps = [8] }
        let second = try lengths { ($0.skippedQuestions, $0.caps) = ([8], [10]) }
        let others = try lengths { $0.skippedQuestions = [18] }
        let together = (first + second + others).sorted()
        #expect(first.count == 8 && second.count == 10 && together == all)
        let error = #expect(throws: TrainingError.self) { try prepare([path]) { $0.skippedQuestions = [30] } }
        #expect("\(String(describing: error))".contains("--skip-questions"))
    }

    @Test func weightsRepeatAndThinOut() throws {
        let questions = (0..<10).map { Question(words: 3 + $0, answers: [1..<2]) }
        let (one, two) = (try file("one", questions), try file("two", questions))
        let windows = try prepare([one, two]) { $0.weights = [2.5, 0.3] }.windows
        #expect(windows.table.files.map(\.windows) == [25, 3])
        #expect(windows.table.files.map(\.questions) == [10, 3])
        #expect(try prepare([one, two]) { $0.weights = [2] }.windows.count == 40)
        #expect("\(windows.table)".contains("3 of 10 questions, chosen at random"))
        for weights in [[0.0], [1, 2, 3], [.nan]] {
            let error = #expect(throws: TrainingError.self) {
                try prepare([one, two]) { $0.weights = weights }
            }
            #expect("\(String(describing: error))".contains("--weight"))
        }
    }

    @Test func windowsWithoutAnAnswerAreLimited() throws {
        let path = try file("far", (0..<6).map { Question(words: 60 + $0, answers: [1..<2]) })
        let all = try prepare([path]) { $0.maximumLength = 20 }.windows
        #expect(all.answeredCount == 6 && all.count > 24)
        func some(_ seed: UInt64) throws -> PreparedWindows {
            try prepare([path]) {
                $0.maximumLength = 20
                $0.negativeWindows = 1.5
                $0.seed = seed
            }.windows
        }
        let found = try some(1)
        #expect(found.answeredCount == 6 && found.count == 15)
        #expect(found.table.files[0].windows == 15 && found.table.files[0].droppedWindows == all.count - 15)
        #expect(try some(1) == found)
        let other = try some(2)
        #expect(labels(other).map(\.window) != labels(found).map(\.window))
    }

    @Test func windowsOfAQuestionStayTogetherAndAreLimited() throws {
        let questions = [
            Question(words: 60, answers: [24..<26]), Question(words: 5, answers: [1..<2]),
            Question(words: 50, extra: #", "is_impossible": true"#),
        ]
        let path = try file("far", questions)
        let all = try prepare([path]) { $0.maximumLength = 20 }.windows
        #expect(all.questions.count == 3 && all.questions.last?.upperBound == all.count)
        #expect(all.questions[1].count == 1 && all.questions[0].count > 6 && all.questions[2].count > 5)
        func some(_ seed: UInt64, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws
            -> PreparedWindows
        {
            try prepare([path]) {
                ($0.maximumLength, $0.windowsPerQuestion, $0.seed) = (20, 3, seed)
                change(&$0)
            }.windows
        }
        let found = try some(1)
        #expect(found.questions == [0..<3, 3..<4, 4..<7])
        #expect(found.answeredCount == all.answeredCount && found.answeredCount >= 2)
        #expect(found.table.files[0].droppedWindows == all.count - 7 && found.table.files[0].windows == 7)
        // The file that keeps them says it, too.
        #expect(try some(1) == found)
        #expect(try labels(some(2)).map(\.window) != labels(found).map(\.window))
        // A question that comes twice is two, and its other windows are drawn anew.
        let twice = try some(1) { $0.weights = [2] }
        #expect(twice.questions.map(\.count) == [3, 3, 1, 1, 3, 3])
        let drawn = twice.questions.map { $0.map { twice[$0].window } }
        #expect(drawn[4] != drawn[5] && drawn[2] == drawn[3])
        // Those that are left of a question stay one.
        let fewer = try some(1) { $0.negativeWindows = 0.5 }
        #expect(
            fewer.questions.count <= 3 && fewer.count < 7 && fewer.questions.last?.upperBound == fewer.count
        )
        let limit = try prepare([path]) {
            ($0.maximumLength, $0.spanNormalization, $0.batchSize) = (14, .document, 8)
        }.windows
        #expect(limit.questions.map(\.count) == [8, 1, 8])
    }

    // MARK: Lines

    @Test func faultsOfOneKindAreCountedAfterTen() throws {
        let path = try file(
            "mixed",
            [Question(words: 5, answers: [1..<2])] + (0..<15).map { Question(words: 3 + $0) }
        )
        let lines = try prepare([path]).lines
        #expect(lines.count == 11 && lines.last == "5 more of the same kinds")
    }

    @Test func windowsLongerThanTheModelReachesAreSaidToBeShorter() throws {
        let lines = try prepare([run.data]) { $0.maximumLength = 1000 }.lines
        #expect(lines.count == 1 && lines[0].contains("--max-length is 1000, but the model has 64 positions"))
        #expect(try prepare([run.data]) { $0.maximumLength = 64 }.lines.isEmpty)
    }

    @Test func tableSaysHowLongAnswersAre() throws {
        let path = try file(
            "lengths",
            (1...10).map { Question(words: 12, answers: [0..<$0]) }
        )
        let table = try prepare([path]).windows.table
        #expect(table.files[0].answerTokens == DataTable.AnswerTokens(Array(1...10)))
        #expect("\(table)".contains("tokens of an answer: 5 (median), 9 (90 %), 10 (longest)"))
    }
}
