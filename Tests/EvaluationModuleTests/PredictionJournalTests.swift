import FileModule
import TestSupport
import Testing

@testable import EvaluationModule

@Suite struct PredictionJournalTests {
    private typealias Identity = PredictionJournal.Identity
    private let scratch: ScratchDirectory
    private let path: String
    private let identity = Identity(dataset: "d", model: "m \"1\"", settings: "s\n")

    init() throws {
        scratch = try ScratchDirectory()
        path = scratch.file("out.json.journal")
    }

    private func open(_ identity: Identity? = nil, resumes: Bool = true) throws(EvaluationError)
        -> PredictionJournal
    {
        try PredictionJournal(path: path, identity: identity ?? self.identity, resumes: resumes)
    }

    private func candidate(_ text: String) -> NBestCandidate {
        NBestCandidate(text: text, start: 0, end: 3, startLogit: 0.1, endLogit: -1e-7, probability: 1 / 3)
    }

    /// Three questions, of which the second could not be answered.
    private func fill(_ journal: PredictionJournal, from first: Int = 0) throws {
        let answers: [(String, (prediction: String, nBest: [NBestCandidate])?)] = [
            ("a \"b\"", ("é\n", [candidate("é\n"), candidate("")])), ("c", nil), ("d", ("", [])),
        ]
        for (id, answer) in answers[first...] { try journal.append(id: id, answer) }
    }

    private func files(of journal: PredictionJournal) throws -> [[UInt8]] {
        let paths = [scratch.file("out.json"), scratch.file("n-best.json")]
        try journal.write(to: PredictionFile(path: paths[0]), NBestFile(path: paths[1]))
        return try paths.map { try InputFile.contents(of: $0, limitBytes: 1 << 20) }
    }

    @Test func filesEqualThoseThatAreWrittenDirectly() throws {
        let journal = try open(resumes: false)
        try fill(journal)
        let predictions = try PredictionFile(path: scratch.file("p"))
        let nBest = try NBestFile(path: scratch.file("n"))
        for (id, text, candidates) in [
            ("a \"b\"", "é\n", [candidate("é\n"), candidate("")]), ("c", "", nil), ("d", "", []),
        ] {
            try predictions.append(id: id, text)
            if let candidates { try nBest.append(id: id, candidates: candidates) }
        }
        try predictions.commit()
        try nBest.commit()
        let direct = try ["p", "n"].map { try InputFile.contents(of: scratch.file($0), limitBytes: 1 << 20) }
        #expect(try files(of: journal) == direct)
        try journal.remove()
        #expect(!InputFile.exists(at: path))
    }

    /// Wherever a run ends, what is whole stays, and the files come out as without interruption.
    @Test func goesOnAfterAnyTruncation() throws {
        var journal: PredictionJournal? = try open(resumes: false)
        try fill(#require(journal))
        let expected = try files(of: #require(journal))
        journal = nil
        let whole = try InputFile.contents(of: path, limitBytes: 1 << 20)
        for count in 0...whole.count {
            try scratch.write(Array(whole[..<count]), to: "out.json.journal")
            let resumed = try open()
            let lines = whole[..<count].count { $0 == UInt8(ascii: "\n") }
            #expect(resumed.ids == Array(["a \"b\"", "c", "d"].prefix(max(0, lines - 1))), "\(count) bytes")
            try fill(resumed, from: resumed.ids.count)
            #expect(try files(of: resumed) == expected, "\(count) bytes")
        }
    }

    @Test func refusesAnswersOfSomethingElse() throws {
        try fill(open())
        for (other, what) in [
            (
                Identity(dataset: "e", model: identity.model, settings: identity.settings),
                "a different data set"
            ),
            (Identity(dataset: "d", model: "m", settings: identity.settings), "a different model"),
            (Identity(dataset: "d", model: identity.model, settings: ""), "different settings"),
        ] {
            #expect(throws: EvaluationError.journalDiffers(path: path, what: what)) { try open(other) }
        }
        #expect(try open().ids.count == 3)
    }

    @Test func refusesToOverwriteAnswers() throws {
        try fill(open())
        #expect(throws: EvaluationError.journalExists(path: path)) { try open(resumes: false) }
    }

    @Test func refusesASecondWriter() throws {
        let first = try open()
        #expect(throws: EvaluationError.journalInUse(path: path)) { try open() }
        #expect(first.ids.isEmpty)
    }

    @Test func namesTheLineThatIsNotJSON() throws {
        try fill(open())
        var bytes = try InputFile.contents(of: path, limitBytes: 1 << 20)
        bytes += Array("{\"id\":3}\n".utf8)
        try scratch.write(bytes, to: "out.json.journal")
        let error = #expect(throws: EvaluationError.self) { try open() }
        guard case .journalCorrupt(path, 5, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
